# SPDX-License-Identifier: AGPL-3.0-or-later
"""The training record of a person: the reference it is read against."""

# Minutes of training a year, shown as a reference and never as a duty: Direttiva del
# Ministro per la pubblica amministrazione, 14 gennaio 2025 (40 hours per head, from 2025).
YEARLY_REFERENCE = 40 * 60
