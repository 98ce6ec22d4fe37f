# SPDX-License-Identifier: AGPL-3.0-or-later
"""The policy on one screen: who may do what."""

from app.domain.roles import GRANTS, Permission, Role, permits


def test_every_permission_is_granted_to_somebody() -> None:
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


def test_a_role_has_what_it_is_granted_and_nothing_more() -> None:
    assert permits(Role.TRAINER, Permission.SHEET_CLOSE)
    assert not permits(Role.TUTOR, Permission.SHEET_CLOSE)
    assert not any(permits(None, permission) for permission in Permission)
