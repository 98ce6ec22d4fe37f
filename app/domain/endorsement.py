# SPDX-License-Identifier: AGPL-3.0-or-later
"""The endorsement of a register (vidimazione): its pages are counted before the first is written.

Source: FP register practice, endorsed before the start with date and number of pages,
pages numbered and not removable.
"""

from app.domain.errors import RuleViolation, Sentence


def pages_to_endorse(bound: int, last_page: int) -> int:
    """How many pages the endorsement covers: those bound, and one for every lesson planned.

    ``last_page`` is the highest number of a lesson, which is that of its page.
    """
    return max(bound, last_page, 1)


def check_endorse(*, endorsed: bool, written_pages: int) -> None:
    """Whether the register may be endorsed now: once, before any page is written.

    ``written_pages`` are those opened so far. Raises RuleViolation.
    """
    if endorsed:
        raise RuleViolation(Sentence("Il registro è già vidimato."))
    if written_pages:
        raise RuleViolation(
            Sentence("Il registro ha già pagine aperte: va vidimato prima di aprire la prima.")
        )


def check_page(page: int, pages: int) -> None:
    """Whether the page is one of those endorsed. Raises RuleViolation."""
    if page > pages:
        raise RuleViolation(
            Sentence(
                "Le pagine vidimate sono %(pages)d e questa sarebbe la %(page)d: prima di "
                "aprire il foglio far vidimare le pagine aggiuntive.",
                {"pages": pages, "page": page},
            )
        )


def pages_to_add(endorsed_pages: int, last_page: int) -> tuple[int, int] | None:
    """The first and last of the pages still to endorse; None where every lesson has its own.

    ``last_page`` is the highest number of a lesson.
    """
    return (endorsed_pages + 1, last_page) if last_page > endorsed_pages else None


def check_endorse_more(*, endorsed: bool, endorsed_pages: int, last_page: int) -> tuple[int, int]:
    """The pages that may be endorsed now, besides those endorsed at first. RuleViolation.

    Source: FP register practice, pages added later are numbered on and endorsed before use.
    """
    if not endorsed:
        raise RuleViolation(
            Sentence("Il registro non è vidimato: vidimarlo comprende ogni pagina.")
        )
    pages = pages_to_add(endorsed_pages, last_page)
    if pages is None:
        raise RuleViolation(Sentence("Ogni lezione ha già la sua pagina vidimata."))
    return pages
