# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration: FOR PA as it stood on Thursday 14 May 2015, told deed by deed."""
