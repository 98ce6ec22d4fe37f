# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a row clashes with, in words; of editions the reader may not see, only when."""

from app.clashes import Taken
from app.courses.timetable.queries import TimetableCase
from app.domain.clashes import ClashKind, Slot, clashes
from app.domain.errors import Sentence
from app.domain.timetable import Window, clock_text, day_text, overlap
from app.domain.variation_words import Names


def clash_sentences(
    case: TimetableCase, slot: Slot, ours: list[Slot], around: list[Taken], lesson: int | None
) -> tuple[list[Sentence], list[Sentence]]:
    """What forbids the row, and what it only warns of. ``lesson``: the one the row changes."""
    own = [
        _own(case, clash.lesson or 0)
        for clash in clashes(ours, slot)
        if clash.kind is ClashKind.EDITION
    ]
    blocks, warnings = taken_sentences(case.names, slot, around, lesson)
    return own + blocks, warnings


def taken_sentences(
    names: Names, slot: Slot, around: list[Taken], lesson: int | None = None
) -> tuple[list[Sentence], list[Sentence]]:
    """Of lessons of other editions: what forbids this one, and what it only warns of."""
    blocks: list[Sentence] = []
    warnings: list[Sentence] = []
    by_lesson = {one.slot.lesson: one for one in around}
    for clash in clashes([one.slot for one in around], slot):
        where = _where(by_lesson[clash.lesson])
        said = {"who": names.people.get(clash.who, ""), "where": where}
        if clash.kind is ClashKind.ROOM:
            said = {"place": names.venues.get(clash.who, ""), "where": where}
            blocks.append(Sentence("%(place)s è già occupata %(where)s.", said))
        elif clash.kind is ClashKind.TRAINER:
            blocks.append(Sentence("%(who)s insegna già %(where)s.", said))
        else:
            warnings.append(
                Sentence("%(who)s è già impegnato come docente o tutor %(where)s.", said)
            )
    for one in around:
        if overlap(one.slot.window, slot.window):
            warnings += _people(one, one.guests.get(lesson or 0, 0))
    return blocks, warnings


def _own(case: TimetableCase, lesson: int) -> Sentence:
    """The row (counted from 1) or the lesson already fixed that overlaps."""
    if lesson < 0:
        return Sentence("Si sovrappone alla riga %(row)d.", {"row": -lesson})
    number = next(now.lesson.seq for now in case.lessons if now.lesson.id == lesson)
    return Sentence("Si sovrappone alla lezione %(number)d.", {"number": number})


def _people(other: Taken, guests: int) -> list[Sentence]:
    """Who is expected in both: enrolled here, or recovering here a lesson missed elsewhere."""
    said, where = [], _where(other)
    if other.shared == 1:
        said.append(Sentence("Un iscritto è atteso anche %(where)s.", {"where": where}))
    elif other.shared:
        said.append(
            Sentence(
                "%(people)d iscritti sono attesi anche %(where)s.",
                {"people": other.shared, "where": where},
            )
        )
    if guests == 1:
        said.append(
            Sentence("Chi recupera qui una lezione è atteso anche %(where)s.", {"where": where})
        )
    elif guests:
        said.append(
            Sentence(
                "%(people)d persone che recuperano qui una lezione sono attese anche %(where)s.",
                {"people": guests, "where": where},
            )
        )
    return said


def _where(other: Taken) -> Sentence:
    said = {"when": when_text(other.slot.window), "code": other.edition_code}
    if other.edition_code:
        return Sentence("nell'edizione %(code)s, %(when)s", said)
    return Sentence("in un'altra edizione, %(when)s", said)


def when_text(window: Window) -> str:
    """12/01/2015, 09:00–13:00."""
    times = f"{clock_text(window.start)}–{clock_text(window.end)}"
    return f"{day_text(window.start)}, {times}"
