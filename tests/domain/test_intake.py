# SPDX-License-Identifier: AGPL-3.0-or-later
"""What office lists hold: names in one column, dates, headings, rows, people already known."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.intake import columns, life
from app.domain.intake.columns import Field
from app.domain.intake.dates import read_birth_date
from app.domain.intake.life import IntakeState
from app.domain.intake.matching import Known, Matching, Office, Outcome, digest
from app.domain.intake.names import (
    GIVEN,
    PARTICLES,
    Split,
    family_comes_first,
    read_whole_name,
    tidy,
)
from app.domain.intake.rows import Reader, Severity, body_key, read_row
from app.domain.people import search_key
from app.domain.vocabulary import ServiceArea

TODAY = date(2015, 5, 14)
LUCIA = "FNTLCU78C52G478B"

# --- names -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "family", "given_name"),
    [
        ("Fontebella Lucia", "Fontebella", "Lucia"),
        ("FONTEBELLA LUCIA", "Fontebella", "Lucia"),
        ("fontebella  lucia ", "Fontebella", "Lucia"),
        ("Fontebella, Lucia Maria", "Fontebella", "Lucia Maria"),
        ("Fontebella Maria Teresa", "Fontebella", "Maria Teresa"),
        ("De Fontebella Lucia", "De Fontebella", "Lucia"),
        ("Della Torreforte Anna Maria", "Della Torreforte", "Anna Maria"),
        ("DE LA SELVAPIANA ELENA", "De La Selvapiana", "Elena"),
        ("Lo Montepiano Davide", "Lo Montepiano", "Davide"),
        ("D'Ombrasecca Maria Teresa", "D'Ombrasecca", "Maria Teresa"),
        ("D' Ombrasecca Maria Teresa", "D'Ombrasecca", "Maria Teresa"),
        ("D’OMBRASECCA MARIA", "D’Ombrasecca", "Maria"),
        ("ROCCALTA BOSCOLIEVE Noè", "Roccalta Boscolieve", "Noè"),
        ("Noè ROCCALTA BOSCOLIEVE", "Roccalta Boscolieve", "Noè"),
        ("ROCCALTA NICOLO'", "Roccalta", "Nicolò"),
        ("Castelvento-Lagoscuro Irene", "Castelvento-Lagoscuro", "Irene"),
    ],
)
def test_a_whole_name_is_parted(text, family, given_name):
    reading = read_whole_name(text)
    assert (reading.options[0], reading.sure) == (Split(family, given_name), True)


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("Roccalta Boscolieve Irene", Split("Roccalta Boscolieve", "Irene")),
        ("Fontebella Gelsomina Ondina", Split("Fontebella", "Gelsomina Ondina")),
        ("Rosa Maria Anna", Split("Rosa", "Maria Anna")),
    ],
)
def test_a_name_that_may_be_parted_otherwise_is_asked_about(text, likely):
    reading = read_whole_name(text)
    assert (reading.options[0], reading.sure) == (likely, False)
    assert len(set(reading.options)) == 2


@pytest.mark.parametrize("text", ["Fontebella", "", "  ", "De Fontebella", ",", "Lucia,", "a " * 9])
def test_one_part_is_no_whole_name(text):
    assert read_whole_name(text).options == ()


def test_the_tax_code_tells_what_nothing_else_does():
    reading = read_whole_name("Lucia Fontebella", tax_code=LUCIA)
    assert reading.options == (Split("Fontebella", "Lucia"),)
    assert reading.sure
    two = read_whole_name("Campobruno Silvia Gelsomina", tax_code="CMPSLV80B69F844Q")
    assert two.options == (Split("Campobruno", "Silvia Gelsomina"),) or len(two.options) > 1


def test_the_order_is_that_of_the_column():
    assert family_comes_first(["Fontebella Lucia", "Montepiano Davide"])
    assert not family_comes_first(["Lucia Fontebella", "Davide Montepiano", "x", ""])
    assert read_whole_name("Lucia Fontebella", family_first=False).options[0].given == "Lucia"
    three = read_whole_name("Anna Maria De Fontebella", family_first=False)
    assert (three.options[0], three.sure) == (Split("De Fontebella", "Anna Maria"), True)


@given(st.text(max_size=120))
def test_any_text_is_read_and_nothing_of_it_is_lost(text):
    reading = read_whole_name(text)
    letters = sorted(search_key(text.replace(",", " ")).replace(" ", ""))
    for way in reading.options:
        assert way.family
        assert way.given
        assert sorted(search_key(way.family + way.given).replace(" ", "")) == letters


@given(
    st.sampled_from(["", "De ", "Della ", "D'", "Di "]),
    st.sampled_from(["Fontebella", "Montepiano", "Torreforte", "Selvapiana"]),
    st.lists(st.sampled_from(sorted(GIVEN)).map(str.title), min_size=1, max_size=2, unique=True),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_family_and_given_names_come_back(particle, family, names, case):
    whole = case(f"{particle}{family} {' '.join(names)}")
    reading = read_whole_name(whole)
    assert reading.sure
    assert search_key(reading.options[0].family) == search_key(particle + family)
    assert search_key(reading.options[0].given) == search_key(" ".join(names))


@given(st.text(max_size=80))
def test_tidying_twice_is_tidying_once(name):
    assert tidy(tidy(name)) == tidy(name)


def test_no_given_name_is_a_particle():
    assert not GIVEN & PARTICLES


# --- dates -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["12/03/1978", "12.3.1978", "12-03-1978", "1978-03-12", "1978-03-12 00:00:00", "12/03/1978 00:00",
     "12 marzo 1978", "12 MAR 1978", "28561", "28561,0", "12/03/78"],
)  # fmt: skip
def test_a_day_is_read_in_every_form(text):
    born, guessed = read_birth_date(text, TODAY)
    assert born == date(1978, 3, 12)
    assert bool(guessed) == (text == "12/03/78")


@pytest.mark.parametrize(
    "text",
    ["31/02/1978", "03/25/1978", "ieri", "1/1/1800", "14/05/2015", "99999", "12 foo 1978", "0", "1.978",
     "12/03/197", "٣/٣/1978", "x" * 5_000],
)  # fmt: skip
def test_what_is_no_day_of_birth_is_told(text):
    with pytest.raises(RuleViolation):
        read_birth_date(text, TODAY)


@given(st.dates(date(1900, 3, 1), date(2015, 5, 13)))
def test_every_day_comes_back_from_every_form(day):
    serial = (day - date(1899, 12, 30)).days
    for text in (
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day}.{day.month}.{day.year}",
        str(serial),
    ):
        if len(text) > 3:
            assert read_birth_date(text, TODAY)[0] == day


@given(st.dates(date(1920, 1, 1), date(1999, 12, 31)))
def test_two_digits_of_a_year_are_those_of_somebody_who_works(day):
    assert read_birth_date(f"{day:%d/%m/%y}", TODAY)[0] == day


# --- columns -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Cognome ", Field.FAMILY), ("NOME", Field.GIVEN), ("Cognome e nome", Field.WHOLE),
        ("Cognome/Nome", Field.WHOLE), ("Nominativo", Field.NAMED), ("C.F.", Field.TAX_CODE),
        ("Cod. Fisc.", Field.TAX_CODE), ("Codice fiscale", Field.TAX_CODE), ("E-mail", Field.EMAIL),
        ("Mail", Field.EMAIL), ("Ente", Field.BODY), ("Comune", Field.BODY), ("Settore", Field.OFFICE),
        ("Servizio", Field.OFFICE), ("Qualifica", Field.JOB_TITLE), ("Data di nascita", Field.BIRTH_DATE),
        ("Luogo di nascita", Field.BIRTH_PLACE), ("Sesso", Field.SEX),
        ("Assistente sociale (sì/no)", Field.SOCIAL_WORKER), ("Note", None), ("", None),
    ],
)  # fmt: skip
def test_headings_are_known_however_they_are_written(heading, field):
    assert columns.field_of(heading) == field


def test_titles_and_merged_cells_above_the_headings_are_passed_over():
    rows = [
        ["COMUNE DI BORGO"],
        [],
        ["Dipendente", "", "Contatti", ""],
        ["Cognome", "Nome", "E-mail", "C.F."],
        ["Rossi", "Anna", "", ""],
    ]
    assert columns.find_header(rows) == 3
    tall = [["Cognome", "Nome", "Recapiti", ""], ["", "", "E-mail", "C.F."], ["Rossi", "Anna"]]
    assert columns.find_header(tall) == 1
    assert columns.headings(tall, 1) == ["Cognome", "Nome", "E-mail", "C.F."]


def test_a_list_without_headings_is_known_by_what_it_holds():
    rows = [["Fontebella Lucia", LUCIA, "a@ente.example", "12/03/1978", "F"]]
    assert columns.find_header(rows) == -1
    names = columns.headings(rows, -1)
    assert names == [""] * 5
    found = columns.recognise(names, [[cell] for cell in rows[0]])
    assert found == {1: Field.TAX_CODE, 2: Field.EMAIL, 3: Field.BIRTH_DATE, 4: Field.SEX}


def test_what_is_no_list_of_people_is_told():
    with pytest.raises(RuleViolation):
        columns.find_header([["a", "b"], ["c", "d"]])


def test_hidden_columns_tell_nothing_unless_they_are_chosen():
    found = columns.recognise(["Cognome", "Nome", "C.F."], [[], [], [LUCIA]], hidden=[2])
    assert found == {0: Field.FAMILY, 1: Field.GIVEN}


@pytest.mark.parametrize(
    "fields",
    [[], [Field.FAMILY], [Field.EMAIL, Field.BODY], [Field.WHOLE, Field.FAMILY], [Field.WHOLE, Field.NAMED],
     [Field.FAMILY, Field.GIVEN, Field.EMAIL, Field.EMAIL]],
)  # fmt: skip
def test_columns_that_give_no_name_are_refused(fields):
    with pytest.raises(RuleViolation):
        columns.check_mapping(dict(enumerate(fields)))


def test_sector_and_office_may_stand_apart():
    columns.check_mapping(dict(enumerate([Field.NAMED, Field.OFFICE, Field.OFFICE])))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a@ente.example", True), ("a.b+c@x.y.example", True), ("nicolò@ente.example", True), ("a@b", False),
     ("a@@b.c", False), ("a b@c.d", False), ("@c.d", False), ("a@c..d", False), ("a@-c.d", False),
     ("a@c.d;b@c.d", False), ("x" * 255 + "@c.d", False), ("a@c.d\u202e", False), (".a@c.d", False)],
)  # fmt: skip
def test_addresses(text, is_one):
    assert columns.is_email(text) == is_one


# --- rows --------------------------------------------------------------------

EVERY = [Field.FAMILY, Field.GIVEN, Field.TAX_CODE, Field.EMAIL, Field.BODY, Field.OFFICE, Field.OFFICE,
         Field.JOB_TITLE, Field.SERVICE_AREA, Field.BIRTH_DATE, Field.BIRTH_PLACE, Field.SEX,
         Field.SOCIAL_WORKER]  # fmt: skip
BODIES = {"borgo": 7, "ente attuatore": 8}


def reader(*fields, body_id=7, **more) -> Reader:
    return Reader(dict(enumerate(fields or EVERY)), BODIES, body_id, TODAY, **more)


def told(read) -> list[tuple]:
    return [(one.field, one.severity) for one in read.problems]


def test_a_full_row_is_read():
    read = read_row(
        ["FONTEBELLA", "Lucia", "fntlcu 78c52 g478b", "Lucia@Ente.Example;", "Comune di Borgo", "Settore 1", "URP",
         "Istruttore", "Servizi sociali", "12/03/1978", "Perugia", "donna", "sì"],
        reader(),
    )  # fmt: skip
    one = read.official
    assert read.problems == ()
    assert (one.family_name, one.given_name, one.tax_code) == ("Fontebella", "Lucia", LUCIA)
    assert (one.work_email, one.body_id, one.office) == ("lucia@ente.example", 7, "Settore 1, URP")
    assert (one.service_area, one.birth_date, one.sex) == (
        ServiceArea.SOCIAL_SERVICES,
        date(1978, 3, 12),
        "F",
    )
    assert one.is_social_worker is True


def test_every_problem_of_a_row_is_told():
    read = read_row(
        ["", "M4rio", "FNTLCU78C52G478C", "niente", "Altrove", "x" * 121, "", "#N/D", "boh", "31/02/1980", "", "z", "forse"],
        reader(),
    )  # fmt: skip
    assert {one for one, severity in told(read) if severity is Severity.STOPS} == {
        Field.FAMILY, Field.GIVEN, Field.TAX_CODE, Field.EMAIL, Field.BODY, Field.OFFICE, Field.JOB_TITLE,
        Field.BIRTH_DATE, Field.SEX, Field.SOCIAL_WORKER,
    }  # fmt: skip
    assert (Field.SERVICE_AREA, Severity.WARNS) in told(read)
    assert read.stops


def test_a_code_that_differs_from_the_person_only_warns():
    read = read_row(
        ["Montepiano", "Davide", LUCIA], reader(Field.FAMILY, Field.GIVEN, Field.TAX_CODE)
    )
    assert told(read) == [(Field.TAX_CODE, Severity.WARNS)]
    assert not read.stops
    omocodia = read_row(
        ["Fontebella", "Lucia", "FNTLCU78C52G47UY"],
        reader(Field.FAMILY, Field.GIVEN, Field.TAX_CODE),
    )
    assert omocodia.problems == ()


@pytest.mark.parametrize(
    ("text", "own", "body_id", "stops"),
    [("", 7, 7, False), ("Borgo", 7, 7, False), ("COMUNE DI BORGO", None, 7, False), ("", None, None, True),
     ("Ente attuatore", 7, 7, True), ("Chissà", 7, 7, True), ("Chissà", None, None, True)],
)  # fmt: skip
def test_the_body_of_a_row(text, own, body_id, stops):
    read = read_row(
        ["Rossi", "Anna", text], reader(Field.FAMILY, Field.GIVEN, Field.BODY, body_id=own)
    )
    assert (read.official.body_id, read.stops) == (body_id, stops)


def test_another_body_is_told_apart_from_none_by_nobody():
    sentences = {
        str(read_row(["Rossi", "Anna", text], reader(Field.FAMILY, Field.GIVEN, Field.BODY)).problems[0].sentence)
        for text in ("Ente attuatore", "Chissà")
    }  # fmt: skip
    assert len(sentences) == 1


def test_an_unsure_name_stops_until_somebody_has_chosen():
    asked = read_row(["Roccalta Boscolieve Irene"], reader(Field.WHOLE))
    assert told(asked) == [(Field.WHOLE, Severity.CONFIRM)]
    assert asked.stops
    chosen = read_row(["Roccalta Boscolieve Irene"], reader(Field.WHOLE), choice=1)
    assert (chosen.official.family_name, chosen.stops) == ("Roccalta", False)
    assert told(read_row(["Irene"], reader(Field.NAMED))) == [(Field.NAMED, Severity.STOPS)]
    assert told(read_row([""], reader(Field.NAMED))) == [(Field.NAMED, Severity.STOPS)]
    long = read_row(["x" * 81, "Anna"], reader(Field.FAMILY, Field.GIVEN))
    assert told(long) == [(Field.FAMILY, Severity.STOPS)]


def test_bodies_are_known_without_their_first_word():
    assert body_key("Comune di Borgo") == body_key("BORGO") == body_key("Comune Borgo")
    assert body_key("Provincia di Borgo") == "borgo"


@given(st.lists(st.text(max_size=60), max_size=14))
def test_no_row_is_too_strange_to_be_read(cells):
    read = read_row(cells, reader())
    assert read.stops or (read.official.family_name and read.official.given_name)


# --- people known ------------------------------------------------------------


def known(person_id=1, name="fontebella lucia", *, body=7, seen=True, **over) -> Known:
    values = {
        "tax_code": None,
        "work_email": None,
        "birth_date": None,
        "birth_place": None,
        "sex": None,
        "is_social_worker": False,
    }
    offices = {body: Office(50 + person_id, "URP", "", None)} if body else {}
    return Known(person_id, name, seen=seen, offices=offices, **values | over)


WHO = (Field.FAMILY, Field.GIVEN, Field.TAX_CODE, Field.EMAIL, Field.OFFICE, Field.BIRTH_DATE)


def planned(people, *rows, update=True, tells=True):
    read = [(number, read_row(row, reader(*WHO))) for number, row in enumerate(rows, 2)]
    return Matching(people, update=update, tells=tells).plan(read)


LINE = ["Fontebella", "Lucia", "", "", "", ""]


def line(**over) -> list[str]:
    return [over.get(one.value, text) for one, text in zip(WHO, LINE, strict=True)]


@pytest.mark.parametrize(
    ("people", "row", "outcome"),
    [
        ([], line(), Outcome.CREATED),
        ([known()], line(), Outcome.UNCHANGED),
        ([known()], line(office="Anagrafe"), Outcome.UPDATED),
        ([known()], line(tax_code=LUCIA), Outcome.UPDATED),
        ([known(tax_code=LUCIA)], line(tax_code=LUCIA), Outcome.UNCHANGED),
        ([known(name="fontebella anna", tax_code=LUCIA)], line(tax_code=LUCIA), Outcome.UNCHANGED),
        ([known(work_email="a@b.c")], line(email="A@b.c"), Outcome.UNCHANGED),
        ([known(body=9, tax_code=LUCIA)], line(tax_code=LUCIA), Outcome.UPDATED),
        ([known(body=9, tax_code=LUCIA, seen=False)], line(tax_code=LUCIA), Outcome.JOINED),
        ([known(body=9)], line(), Outcome.CREATED),
        ([known(tax_code="MNTDVD69S05L117J")], line(tax_code=LUCIA), Outcome.CREATED),
        ([known(birth_date=date(1960, 1, 1))], line(birth_date="12/03/1978"), Outcome.CREATED),
        # and what a person has to settle
        ([known(), known(2)], line(), None),
        ([known(work_email="a@b.c")], line(email="z@b.c"), None),
        ([known(name="altri nomi", work_email="a@b.c")], line(email="a@b.c"), None),
        ([known(tax_code="MNTDVD69S05L117J", work_email="a@b.c")], line(tax_code=LUCIA, email="a@b.c"), None),
        ([known(tax_code=LUCIA), known(2, "x y", work_email="a@b.c")], line(tax_code=LUCIA, email="a@b.c"), None),
        ([known(body=9, name="altri nomi", tax_code=LUCIA, seen=False)], line(tax_code=LUCIA), None),
        ([known(body=9, work_email="a@b.c", seen=False, tax_code="MNTDVD69S05L117J")], line(tax_code=LUCIA, email="a@b.c"), None),
    ],
)  # fmt: skip
def test_who_is_known_and_what_would_change(people, row, outcome):
    (found,) = planned(people, row)
    assert found.outcome == outcome
    assert (outcome is None) == any(one.severity is Severity.STOPS for one in found.problems)


def test_what_is_known_is_never_replaced():
    (found,) = planned(
        [known(tax_code=LUCIA, birth_date=date(1978, 3, 13))],
        line(tax_code=LUCIA, birth_date="12/03/1978"),
    )
    assert found.person_changes == {}
    assert [one.field for one in found.problems] == [Field.BIRTH_DATE]


def test_people_known_may_be_left_as_they_are():
    for person, row in (
        (known(), line(office="Anagrafe", tax_code=LUCIA)),
        (known(body=9, tax_code=LUCIA), line(tax_code=LUCIA)),
    ):
        (found,) = planned([person], row, update=False)
        assert (found.outcome, found.affiliates) == (Outcome.UNCHANGED, False)


def test_of_another_body_nothing_is_said_to_those_who_may_not_know():
    """To a representative the row of somebody known elsewhere looks like any new one."""
    person = known(
        body=9, tax_code=LUCIA, seen=False, work_email="z@b.c", birth_date=date(1970, 1, 1)
    )
    (joined,) = planned(
        [person], line(tax_code=LUCIA, office="X", birth_date="12/03/1978"), tells=False
    )
    (new,) = planned([], line(tax_code=LUCIA, office="X", birth_date="12/03/1978"), tells=False)
    assert joined.problems == new.problems
    assert joined.person_changes == {}


@pytest.mark.parametrize(
    "rows",
    [
        [line(tax_code=LUCIA), ["Altra", "Persona", LUCIA]],
        [line(email="a@b.c"), ["Altra", "Persona", "", "a@b.c"]],
        [line(), line()],
        [line(), line(office="Anagrafe", tax_code=LUCIA)],
    ],
)
def test_the_second_row_of_a_person_stops(rows):
    first, second = planned([], *rows)
    assert first.outcome is Outcome.CREATED
    assert second.outcome is None
    assert "riga 2" in str(second.problems[-1].sentence)


def test_two_rows_of_somebody_known_by_different_marks():
    person = known(tax_code=LUCIA, work_email="a@b.c")
    first, second = planned(
        [person], line(tax_code=LUCIA), ["Fontebella", "Lucia", "", "a@b.c", "", ""]
    )
    assert (first.outcome, second.outcome) == (Outcome.UNCHANGED, None)
    other = known(name="fontebella lucia b", tax_code=LUCIA, work_email="a@b.c", body=9)
    first, second = planned(
        [other], ["Fontebella", "L", LUCIA], ["Fontebella", "Lucia B", "", "a@b.c"]
    )
    assert (first.outcome, second.outcome) == (Outcome.UPDATED, None)


def test_namesakes_of_a_file_are_two_people_where_something_tells():
    outcomes = [
        one.outcome for one in planned([], line(tax_code=LUCIA), line(tax_code="FNTLCU78C52G47UY"))
    ]
    assert outcomes == [Outcome.CREATED] * 2


def test_the_digest_changes_with_what_would_happen():
    plans = [planned([], line()), planned([known()], line()), planned([known(2)], line()),
             planned([known()], line(office="A")), planned([known()], line(office="B"))]  # fmt: skip
    assert len({digest(plan) for plan in plans}) == len(plans)
    assert digest(plans[0]) == digest(planned([], line()))


# --- life --------------------------------------------------------------------


@pytest.mark.parametrize("state", IntakeState)
def test_what_may_be_done_in_each_state(state):
    from_now = {"wrong": 0, "asking": 0, "created": 1, "updated": 0}

    def allowed(check, *args, **more) -> bool:
        try:
            check(*args, **more)
        except RuleViolation:
            return False
        return True

    now = life.datetime(2015, 5, 14, 8, tzinfo=life.datetime.now().astimezone().tzinfo)
    assert allowed(life.check_open, state) == (state in life.OPEN)
    assert allowed(life.check_apply, state, **from_now) == (state is IntakeState.CHECKED)
    assert allowed(life.check_undo, state, now, now) == (state is IntakeState.APPLIED)
    assert not allowed(life.check_undo, state, now, life.undo_ends(now) + life.timedelta(seconds=1))
    assert not allowed(life.check_undo, state, None, now)


@pytest.mark.parametrize("over", [{"wrong": 1}, {"asking": 1}, {"created": 0}])
def test_nothing_is_imported_while_a_row_is_wrong_or_for_nothing(over):
    with pytest.raises(RuleViolation):
        life.check_apply(
            IntakeState.CHECKED, **{"wrong": 0, "asking": 0, "created": 1, "updated": 0} | over
        )


@pytest.mark.parametrize(
    "text", ["D'" * 5_000, "a " * 5_000, "1/" * 5_000, "a@" * 5_000, "a." * 5_000 + "@b"]
)
def test_long_texts_are_read_soon(text):
    before = re.sub("x", "x", text)
    read_whole_name(before)
    columns.is_email(before)
    columns.field_of(before)
    read_row([before] * 13, reader())
