# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue: who may change a course, how it is published and retired, what its parts add up to."""

from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import CourseState

LONGEST_COURSE = 60_000  # minutes, a thousand hours
MOST_MODULES = 30

_S = CourseState
TRANSITIONS: dict[CourseState, frozenset[CourseState]] = {
    _S.DRAFT: frozenset({_S.PUBLISHED}),
    _S.PUBLISHED: frozenset({_S.RETIRED}),
    _S.RETIRED: frozenset({_S.PUBLISHED}),
}


def check_course_transition(current: CourseState, target: CourseState) -> None:
    """A draft is published, a published course retired, a retired one published again.

    Raises RuleViolation.
    """
    if target not in TRANSITIONS[current]:
        raise RuleViolation(
            Sentence("Nel frattempo lo stato del corso è cambiato: ricaricare la pagina.")
        )


def may_edit_course(*, coordinator: bool, own_proposal: bool, state: CourseState) -> bool:
    """The coordinator edits every course; an organiser the drafts that her body proposed."""
    return coordinator or (own_proposal and state is _S.DRAFT)


def check_editable(*, coordinator: bool, own_proposal: bool, state: CourseState) -> None:
    """Raises RuleViolation. Source: permission matrix, catalogue: partner bodies propose."""
    if not may_edit_course(coordinator=coordinator, own_proposal=own_proposal, state=state):
        raise RuleViolation(
            Sentence(
                "Questo corso lo modifica il coordinamento: un ente modifica solo le proprie "
                "proposte, finché non sono pubblicate."
            )
        )


def check_plannable(state: CourseState) -> None:
    """Only a published course is given in new editions. Raises RuleViolation."""
    if state is not _S.PUBLISHED:
        raise RuleViolation(
            Sentence("Si programmano edizioni solo di un corso pubblicato in catalogo.")
        )


def planned_minutes(hours: int, minutes: int) -> int:
    """The length in whole minutes. Raises RuleViolation outside one minute and a thousand hours."""
    total = hours * 60 + minutes
    if not 1 <= total <= LONGEST_COURSE:
        raise RuleViolation(Sentence("La durata va da un minuto a mille ore."))
    return total


def check_module_kept(title: str, lessons: int) -> None:
    """A module that lessons are about stays. Raises RuleViolation."""
    if lessons:
        raise RuleViolation(
            Sentence(
                "Il modulo «%(title)s» è già in un calendario: si può rinominare, non togliere.",
                {"title": title},
            )
        )
