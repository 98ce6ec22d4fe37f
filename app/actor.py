# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who acts, and in which role: what a signed-in person looks like to the rest."""

from dataclasses import dataclass

from app.domain.roles import Role


@dataclass(frozen=True)
class Actor:
    """A signed-in person in the role chosen, or a command of the system (``account_id`` None)."""

    name: str
    role: Role | None = None
    account_id: int | None = None
    person_id: int | None = None
    programme_id: int | None = None
    organisation_id: int | None = None
    assignment_id: int | None = None
    has_several_roles: bool = False
    language: str = "it"
    token: str = ""
    role_label: str = ""

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


SYSTEM = Actor(name="Sistema")
