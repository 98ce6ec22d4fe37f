# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paper: a frozen dataclass goes in, the bytes of a PDF/A come out."""
