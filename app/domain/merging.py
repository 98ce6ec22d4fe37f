# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two records found to be one person: what stands in the way of joining them, and what to do first."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import RuleViolation, Sentence


@dataclass(frozen=True)
class SharedEdition:
    """An edition in which both are enrolled.

    ``*_traced``: marks, certificates or anything else hang on that enrolment;
    ``*_expected``: it counts (confirmed, completed, not completed).
    """

    code: str
    kept_traced: bool
    merged_traced: bool
    kept_expected: bool = True
    merged_expected: bool = True

    @property
    def drops_kept(self) -> bool:
        """Whether of the two enrolments the one of the record that stays says less."""
        if self.kept_traced or self.merged_traced:
            return not self.kept_traced
        return self.merged_expected and not self.kept_expected


@dataclass(frozen=True)
class Case:
    """Everything that could forbid it. Editions are named by their code."""

    kept_joined: bool = False
    merged_joined: bool = False
    both_sign_in: bool = False
    shared: tuple[SharedEdition, ...] = ()
    taught_and_attended: tuple[str, ...] = ()
    taught_together: tuple[str, ...] = ()
    both_certified: tuple[str, ...] = ()
    waiting_for_certificates: bool = False


def obstacles(case: Case) -> list[Sentence]:
    """Why the two may not be joined now, each with what to do first. Empty: they may.

    Sources: domain rules 2 (one enrolment per edition), 13 and 14 (what a book says is not
    rewritten), 27 and 28 (nobody marks or certifies herself).
    """
    return list(_obstacles(case))


def check(case: Case) -> None:
    """Raises RuleViolation with the first obstacle."""
    for obstacle in _obstacles(case):
        raise RuleViolation(obstacle)


def _obstacles(case: Case) -> Iterator[Sentence]:
    if case.kept_joined or case.merged_joined:
        yield Sentence("Una delle due schede è già stata unita a un'altra: ricaricare la pagina.")
        return
    if case.both_sign_in:
        yield Sentence(
            "Entrambe hanno un'utenza per accedere: disattivare prima quella che non serve."
        )
    for edition in case.shared:
        yield from _shared(edition)
    for code in case.taught_and_attended:
        yield Sentence(
            "Nell'edizione %(edition)s una insegna e l'altra è iscritta: correggere prima "
            "l'incarico o l'iscrizione.",
            {"edition": code},
        )
    for code in case.taught_together:
        yield Sentence(
            "Nell'edizione %(edition)s sono incaricate entrambe della stessa lezione: togliere "
            "prima un incarico.",
            {"edition": code},
        )
    for code in case.both_certified:
        yield Sentence(
            "Per l'edizione %(edition)s entrambe hanno un attestato valido: revocarne prima uno.",
            {"edition": code},
        )
    if case.waiting_for_certificates:
        yield Sentence(
            "Un rilascio di attestati che le riguarda è in corso: attendere che finisca."
        )


def _shared(edition: SharedEdition) -> Iterator[Sentence]:
    if edition.kept_traced and edition.merged_traced:
        yield Sentence(
            "Nell'edizione %(edition)s entrambe hanno presenze o altri atti: il registro non si "
            "riscrive. Se i segni di una sono sbagliati, correggerli con una rettifica; le due "
            "schede restano distinte.",
            {"edition": edition.code},
        )
        return
    stays = edition.merged_expected if edition.drops_kept else edition.kept_expected
    goes = edition.kept_expected if edition.drops_kept else edition.merged_expected
    if goes and not stays:
        yield Sentence(
            "Nell'edizione %(edition)s una è iscritta senza presenze e l'altra si è ritirata: "
            "ritirare prima l'iscrizione senza presenze.",
            {"edition": edition.code},
        )
