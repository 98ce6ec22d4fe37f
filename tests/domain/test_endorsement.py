# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a register may be endorsed, with how many pages, and what they hold."""

import pytest

from app.domain.endorsement import (
    check_endorse,
    check_endorse_more,
    check_page,
    pages_to_add,
    pages_to_endorse,
)
from app.domain.errors import RuleViolation


@pytest.mark.parametrize(
    ("bound", "last_page", "pages"),
    [(4, 4, 4), (4, 5, 5), (6, 4, 6), (1, 0, 1), (0, 0, 1)],
)
def test_there_is_a_page_for_every_lesson(bound: int, last_page: int, pages: int) -> None:
    assert pages_to_endorse(bound, last_page) == pages


def test_a_register_without_a_written_page_is_endorsed() -> None:
    check_endorse(endorsed=False, written_pages=0)


@pytest.mark.parametrize(
    ("endorsed", "written", "words"),
    [(True, 0, "già vidimato"), (True, 3, "già vidimato"), (False, 1, "già pagine aperte")],
)
def test_a_register_is_endorsed_once_and_first(endorsed: bool, written: int, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_endorse(endorsed=endorsed, written_pages=written)


def test_the_last_endorsed_page_opens_and_the_next_does_not() -> None:
    check_page(4, 4)
    with pytest.raises(RuleViolation, match="vidimate sono 4 e questa sarebbe la 5"):
        check_page(5, 4)


@pytest.mark.parametrize(
    ("endorsed", "last_page", "pages"), [(4, 4, None), (4, 6, (5, 6)), (4, 2, None), (1, 2, (2, 2))]
)
def test_lessons_added_later_want_pages_of_their_own(
    endorsed: int, last_page: int, pages: tuple[int, int] | None
) -> None:
    assert pages_to_add(endorsed, last_page) == pages


def test_pages_are_added_to_an_endorsed_register_that_lacks_some() -> None:
    assert check_endorse_more(endorsed=True, endorsed_pages=4, last_page=5) == (5, 5)
    with pytest.raises(RuleViolation, match="non è vidimato"):
        check_endorse_more(endorsed=False, endorsed_pages=4, last_page=5)
    with pytest.raises(RuleViolation, match="già la sua pagina"):
        check_endorse_more(endorsed=True, endorsed_pages=4, last_page=4)
