# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is stored, recomputed from what was written: nothing may change behind the application.

Everything here only reads. ``trail`` follows the chain of deeds, ``books`` the bound registers,
``pages`` compares the live rows with both, ``files`` the bytes with their hashes; ``heads``
notes outside the database how far the trail had come.
"""
