# SPDX-License-Identifier: AGPL-3.0-or-later
"""Officials from an office list: as offices write them, looked at, imported all or nothing."""

import codecs
import io
import unicodedata
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from app.people.imports import actions
from app.people.imports.work import clear_imports
from tests import world as worlds
from tests.faults.files import SHEET, sheet_of
from tests.faults.files import workbook as with_part
from tests.intake import (
    HEAD,
    PAGE,
    apply,
    bring_in,
    check,
    lines,
    many,
    offered,
    send,
    undo,
    work,
    workbook,
)
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import csv_rows, form, main, table, tree

PEOPLE = "SELECT count(*) FROM person"
LUCIA = ("FONTEBELLA", "LUCIA", "FNTLCU78C52G478B", "lucia@ente.example", "", "URP")
MARIA = ("D'Ombrasecca", "Maria Teresa", "DMBMTR59E49C744U", "", "", "Anagrafe")
STATE = "SELECT state FROM person_import ORDER BY id DESC LIMIT 1"


@pytest.fixture
def representative(visit):
    return visit("representative_alfa")


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


def known(app, family: str) -> dict:
    columns = "given_name, family_name, tax_code, work_email, birth_date, birth_place, sex, is_social_worker"
    rows = ask(app, f"SELECT {columns} FROM person WHERE family_name = :family", family=family)  # noqa: S608
    assert len(rows) == 1, rows
    return dict(zip(columns.split(", "), rows[0], strict=True))


def place(app, family: str) -> list[tuple]:
    return ask(
        app,
        "SELECT o.name, a.office, a.job_title, a.target_group FROM affiliation a JOIN organisation o "
        "ON o.id = a.organisation_id JOIN person p ON p.id = a.person_id WHERE p.family_name = :family "
        "ORDER BY a.id",
        family=family,
    )


# The whole way


def test_a_list_is_looked_at_imported_and_told(app, representative):
    before = one(app, PEOPLE)
    url = check(representative, lines(LUCIA, MARIA))
    assert one(app, PEOPLE) == before, "the dry run wrote somebody"
    said = main(representative.get(url))
    assert "Nuove 2 Aggiornate 0" in said
    assert "Importa: 2 nuove, 0 aggiornate" in said
    apply(representative, url)
    assert known(app, "Fontebella") | {"birth_date": None} == {
        "given_name": "Lucia", "family_name": "Fontebella", "tax_code": "FNTLCU78C52G478B",
        "work_email": "lucia@ente.example", "birth_date": None, "birth_place": None, "sex": None,
        "is_social_worker": False,
    }  # fmt: skip
    assert place(app, "Fontebella") == [("Comune di Alfa", "URP", "", "official")]
    said = main(representative.get(url))
    assert "Importato da Representative_Alfa" in said
    assert "Fontebella Lucia" in main(representative.get("/people?q=fontebella"))
    assert trail_is_whole(app)
    actions_told = [
        row[0]
        for row in ask(
            app, "SELECT action FROM audit_event WHERE action LIKE 'intake%' ORDER BY sequence"
        )
    ]
    assert actions_told == ["intake.uploaded", "intake.applied"]


def test_what_the_rows_said_is_removed_once_they_are_imported(app, representative):
    url = bring_in(representative, lines(LUCIA, MARIA))
    rows = ask(app, "SELECT cells, label, options, problems FROM person_import_row")
    assert rows == [(None, "", None, None)] * 2
    assert one(app, "SELECT length(sha256) FROM person_import") == 64
    assert "FNTLCU78C52G478B" not in representative.get(url).text
    for table_name in ("audit_event", "evidence_file", "outbox_message"):
        assert "FNTLCU78C52G478B" not in str(ask(app, f"SELECT * FROM {table_name}"))  # noqa: S608


def test_the_worker_imports_a_long_list_and_shows_how_far_it_is(app, representative):
    text = many(actions.AT_ONCE + 1)
    url = check(representative, text)
    page = representative.get(url)
    assert "Controllo in corso: 0 righe di 301" in main(page)
    part = representative.get(f"{url}/progress", headers={"HX-Request": "true"})
    assert "data-progress" in part.text
    assert work(app) == 1
    assert "Nuove 301" in main(representative.get(url))
    assert "Mostra l’esito" in representative.get(f"{url}/progress").text
    before = one(app, PEOPLE)
    apply(representative, url)
    assert one(app, PEOPLE) == before
    assert "Scrittura in corso" in main(representative.get(url))
    assert work(app) == 1
    assert one(app, PEOPLE) == before + 301
    assert one(app, STATE) == "applied"
    assert work(app) == 0


# Files as offices make them


CODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with its mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "CP1252": lambda text: text.encode("cp1252"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "accents apart": lambda text: unicodedata.normalize("NFD", text).encode(),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("sign", ";,\t")
def test_every_coding_and_separator_is_read(app, representative, coding, sign):
    row = ("Pontesàsso", "Noè", "", "noe@ente.example", "", "Unità affari")
    bring_in(representative, CODINGS[coding](lines(row, sign=sign)))
    assert known(app, "Pontesàsso")["given_name"] == "Noè"
    assert place(app, "Pontesàsso")[0][1] == "Unità affari"


def test_a_workbook_as_an_office_keeps_it(app, representative):
    """A title, merged headings, dates in four forms, numbers for text, spaces, a formula, a gap."""
    made = load_workbook(io.BytesIO(workbook(
        ["COMUNE DI ALFA – elenco del personale"],
        [],
        ["Dipendente", "", "Nascita", "", "Contatti", "", ""],
        ["Cognome ", " Nome", "Data di nascita", "Luogo di nascita", "E-mail", "Ufficio", "Sesso"],
        ["Fontebella", "Lucia", datetime(1978, 3, 12), "Perugia", "a@lista.example ", "URP", "F"],  # noqa: DTZ001
        ["Montepiano", "Davide", "05/11/1969", "Terni", None, 12, "M"],
        [],
        ["Collechiaro", "Marta", "1984-06-30", "Foligno", None, "URP  centrale", "f"],
        ["Torreforte", "Pietro", 27415, "Gubbio", None, None, "maschio"],
    )))  # fmt: skip
    sheet = made.active
    sheet.merge_cells("A3:B3")
    sheet.merge_cells("E3:G3")
    out = io.BytesIO()
    made.save(out)
    bring_in(representative, out.getvalue(), name="elenco.xlsx")
    assert [str(known(app, name)["birth_date"]) for name in ("Fontebella", "Montepiano", "Collechiaro", "Torreforte")] == [
        "1978-03-12", "1969-11-05", "1984-06-30", "1975-01-21",
    ]  # fmt: skip
    assert place(app, "Montepiano")[0][1] == "12"
    assert place(app, "Collechiaro")[0][1] == "URP centrale"
    assert known(app, "Torreforte")["sex"] == "M"
    assert ask(app, "SELECT number FROM person_import_row ORDER BY number") == [
        (5,),
        (6,),
        (8,),
        (9,),
    ]


def test_of_a_formula_the_value_it_gave_is_taken(app, representative):
    def cell(where: str, text: str) -> str:
        return f'<c r="{where}" t="inlineStr"><is><t>{text}</t></is></c>'

    def sheet(last: str) -> bytes:
        head = cell("A1", "Cognome") + cell("B1", "Nome") + cell("C1", "Ufficio")
        row = cell("A2", "Fontebella") + cell("B2", "Lucia") + last
        return with_part(SHEET, sheet_of(f'<row r="1">{head}</row><row r="2">{row}</row>'))

    bring_in(
        representative, sheet('<c r="C2" t="str"><f>"U"&amp;"RP"</f><v>URP</v></c>'), name="a.xlsx"
    )
    assert place(app, "Fontebella")[0][1] == "URP"
    answer = send(representative, sheet('<c r="C2"><f>A1&amp;A2</f></c>'), name="b.xlsx")
    assert answer.status_code == 422
    assert "La cella C2 contiene una formula senza il suo valore" in main(answer)


def test_hidden_columns_are_said_and_left_out(app, representative):
    raw = workbook(
        ["Cognome", "Nome", "C.F."], ["Fontebella", "Lucia", "FNTLCU78C52G478B"], hidden="C"
    )
    url = send(representative, raw, name="a.xlsx").headers["Location"]
    page = representative.get(url)
    assert "nascosta nel foglio" in main(page)
    assert offered(page) == {"column-0": "family", "column-1": "given", "column-2": ""}
    bring_in(representative, raw, name="a.xlsx", columns={"column-2": "tax_code"})
    assert known(app, "Fontebella")["tax_code"] == "FNTLCU78C52G478B"


def test_the_template_comes_back_as_a_list(app, representative):
    answer = representative.get(f"{PAGE}/template.xlsx")
    bring_in(representative, answer.data, name="funzionari.xlsx")
    assert known(app, "Fontebella")["birth_place"] == "Perugia (PG)"


# Columns


def test_columns_are_shown_with_examples_and_may_be_changed(app, representative):
    head = ("Cognome", "Nome", "Colonna strana", "Altra")
    raw = lines(*((f"Rossi{c}", "Anna", f"Ufficio {c}", "x") for c in "abcd"), head=head)
    url = send(representative, raw).headers["Location"]
    page = representative.get(url)
    assert [row[1] for row in table(page)][2] == "Ufficio aUfficio bUfficio c"
    answer = representative.post(url, {"column-0": "family", "column-1": "family"})
    assert answer.status_code == 422
    assert "Due colonne dicono la stessa cosa" in main(answer)
    assert offered(answer)["column-1"] == "family", "what was chosen is gone"
    representative.post(url, {**offered(page), "column-2": "office", "update_known": "y"})
    apply(representative, url.removesuffix("/columns"))
    assert place(app, "Rossia")[0][1] == "Ufficio a"


def test_the_choice_is_remembered_for_the_same_headings_of_the_body(app, visit, representative):
    head = ("Cognome", "Nome", "Colonna strana")
    chosen = {"column-2": "office"}
    check(representative, lines(("Rossi", "Anna", "URP"), head=head), columns=chosen)
    again = send(representative, lines(("Verdi", "Luca", "URP"), head=head))
    assert offered(representative.get(again.headers["Location"]))["column-2"] == "office"
    other = visit("representative_beta")
    fresh = send(other, lines(("Verdi", "Luca", "URP"), head=head))
    assert offered(other.get(fresh.headers["Location"]))["column-2"] == ""


def test_names_nobody_is_sure_of_are_confirmed_by_a_person(app, representative):
    head = ("Cognome e nome", "E-mail")
    raw = lines(
        ("Roccalta Boscolieve Irene", "a@lista.example"),
        ("De Fontebella Lucia", "b@lista.example"),
        head=head,
    )
    url = check(representative, raw)
    page = representative.get(url)
    assert "Nomi da confermare 1" in main(page)
    assert "Importa:" not in main(page)
    representative.post(f"{url}/names", {"name-2": "1"})
    apply(representative, url)
    assert known(app, "Roccalta")["given_name"] == "Boscolieve Irene"
    assert known(app, "De Fontebella")["given_name"] == "Lucia"


def test_all_names_may_be_confirmed_at_once(app, representative):
    raw = lines(
        *((f"Roccalta Boscolieve{c} Irene",) for c in "abc"), head=("Nominativo", "Ufficio")
    )
    url = check(representative, raw)
    assert representative.post(f"{url}/names", {"all": "1"}).status_code == 302
    apply(representative, url)
    assert known(app, "Roccalta Boscolieveb")["given_name"] == "Irene"


# What is wrong


def test_nothing_is_stored_while_a_row_is_wrong(app, representative):
    before = one(app, PEOPLE)
    bad = ("Montepiano", "Davide", "FNTLCU78C52G478C", "nessuna", "", "")
    url = check(representative, lines(LUCIA, bad))
    page = representative.get(url)
    assert "Righe da correggere 1" in main(page)
    (row, *_others) = table(page)
    assert row[0] == "Riga 3"
    assert (
        "C.F. «FNTLCU78C52G478C»: Il codice fiscale non torna con il suo ultimo carattere" in row[3]
    )
    assert "E-mail «nessuna»: Non è un indirizzo e-mail" in row[3]
    answer = representative.post(f"{url}/apply", {"seen": "x"})
    assert answer.status_code == 409
    assert "Finché una riga è da correggere" in main(answer)
    assert one(app, PEOPLE) == before


def test_the_list_with_remarks_is_the_same_rows_and_safe(app, representative):
    bad = ("=cmd|' /C calc'!A0", "Davide", "", "@nessuna", "", "+39 075")
    url = check(representative, lines(LUCIA, bad))
    answer = representative.get(f"{url}/remarks.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    values = [[cell.value or "" for cell in row] for row in rows]
    assert values[0] == [*HEAD, "Osservazioni"]
    assert tuple(values[1][:6]) == LUCIA
    assert values[2][:6] == list(bad)
    assert "[Da correggere] E-mail: Non è un indirizzo" in values[2][6]
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    again = send(representative, answer.data, name="osservazioni.xlsx")
    assert offered(representative.get(again.headers["Location"]))["column-6"] == ""


def test_rows_are_searched_filtered_and_exported(app, representative):
    url = check(representative, lines(LUCIA, MARIA, ("", "Anna", "", "", "", "")))
    assert len(table(representative.get(f"{url}?severity=stops"))) == 1
    assert len(table(representative.get(f"{url}?outcome=created"))) == 2
    assert len(table(representative.get(f"{url}?q=ombrasecca"))) == 1
    exported = csv_rows(representative.get(f"{url}?format=csv"))
    assert [row[0] for row in exported[2:]] == ["4", "2", "3"]
    assert csv_rows(representative.get(f"{PAGE}?format=csv"))[2][0] == "elenco.csv"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Il file è vuoto."),
        (b"a;b\nc;d\n", "Non si riconosce la riga con i nomi delle colonne"),
        (b"Cognome;Nome\n", "Sotto i nomi delle colonne non c'è nessuna riga."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "salvarlo come XLSX"),
    ],
)
def test_what_is_no_list_is_refused_beside_the_field(representative, raw, sentence):
    answer = send(representative, raw)
    assert answer.status_code == 422
    assert sentence in main(answer)


def test_without_a_file_nothing_happens(representative):
    answer = representative.post(PAGE, {})
    assert answer.status_code == 422
    assert "Scegliere il file." in main(answer)


def test_the_same_file_that_waits_is_the_same_import(app, representative):
    first, again = (send(representative, lines(LUCIA)).headers["Location"] for _ in range(2))
    assert first == again
    assert one(app, "SELECT count(*) FROM person_import") == 1


# People already known


def test_people_known_are_brought_up_to_date_and_never_overwritten(app, representative, world):
    do(app, "UPDATE person SET tax_code = NULL WHERE family_name = 'Partecipante Alfa 0'")
    email = one(app, "SELECT work_email FROM person WHERE family_name = 'Partecipante Alfa 0'")
    head = ("Cognome e nome", "Mail", "Ufficio", "Codice fiscale", "Data di nascita")
    do(
        app,
        "UPDATE person SET family_name = 'Ventorosa', search_key = 'ventorosa lucia' WHERE work_email = :e",
        e=email,
    )
    raw = lines(("Ventorosa Lucia", email, "Anagrafe", "FNTLCU78C52G478B", "13/03/1978"), head=head)
    url = check(representative, raw)
    said = main(representative.get(url))
    assert "Nuove 0 Aggiornate 1" in said
    assert "È noto un dato diverso, e resta quello" in said
    apply(representative, url)
    one_of_them = known(app, "Ventorosa")
    assert (one_of_them["tax_code"], str(one_of_them["birth_date"])) == (
        "FNTLCU78C52G478B",
        "1978-03-12",
    )
    assert place(app, "Ventorosa") == [("Comune di Alfa", "Anagrafe", "", "official")]
    assert undo(representative, url).status_code == 302
    assert known(app, "Ventorosa")["tax_code"] is None
    assert place(app, "Ventorosa") == [("Comune di Alfa", "URP", "", "official")]


def test_people_known_may_be_left_as_they_are(app, representative, world):
    email = one(app, "SELECT work_email FROM person WHERE family_name = 'Partecipante Alfa 0'")
    do(app, "UPDATE person SET family_name = 'Ventorosa' WHERE work_email = :e", e=email)
    url = check(representative, lines(("Ventorosa", "Lucia", "", email, "", "Anagrafe")), update="")
    said = main(representative.get(url))
    assert "Senza cambiamenti 1" in said
    assert "Non c’è nulla da importare" in said


def test_a_list_imported_twice_changes_nothing_the_second_time(app, representative):
    bring_in(representative, lines(LUCIA, MARIA))
    url = check(representative, lines(MARIA, LUCIA))
    assert "Nuove 0 Aggiornate 0 Senza cambiamenti 2" in main(representative.get(url))


def test_who_moves_in_the_meantime_is_looked_at_again(app, representative):
    url = check(representative, lines(LUCIA, MARIA))
    page = form(representative.get(url), f"{url}/apply")
    bring_in(representative, lines(LUCIA))
    before = one(app, PEOPLE)
    answer = representative.client.post(f"{url}/apply", data=page)
    assert answer.status_code == 302
    assert one(app, PEOPLE) == before
    said = main(representative.get(url))
    assert "Nel frattempo le persone note sono cambiate" in said
    assert "Nuove 1 Aggiornate 0 Senza cambiamenti 1" in said
    assert (
        representative.client.post(
            f"{url}/apply", data={**page, "idempotency_key": "b"}
        ).status_code
        == 409
    )
    apply(representative, url)
    assert one(app, PEOPLE) == before + 1


# Whose people


def test_the_coordinator_imports_for_any_body_of_the_programme(app, coordinator, world):
    raw = lines(
        ("Rossi", "Anna", "", "", "Comune di Alfa", ""), ("Verdi", "Luca", "", "", "BETA", "")
    )
    bring_in(coordinator, raw)
    assert [place(app, name)[0][0] for name in ("Rossi", "Verdi")] == [
        "Comune di Alfa",
        "Comune di Beta",
    ]
    bring_in(coordinator, lines(("Neri", "Elsa", "", "", "", "")), body=str(world.b.home_id))
    assert place(app, "Neri")[0][0] == "Comune di Beta"


def test_a_body_outside_the_programme_cannot_be_chosen(app, coordinator):
    with arranging(app):
        foreign = worlds.make_body("Comune di Altrove").id
    assert send(coordinator, lines(LUCIA), body=str(foreign)).status_code == 422
    url = check(coordinator, lines(("Rossi", "Anna", "", "", "Altrove", "")))
    assert "L'ente non è tra quelli del progetto" in main(coordinator.get(url))


def test_rows_of_another_body_stop_and_tell_nothing_of_it(app, representative):
    rows = [
        ("Rossi", "Anna", "", "", "Comune di Beta", ""),
        ("Neri", "Elsa", "", "", "Nessun luogo", ""),
    ]
    url = check(representative, lines(*rows))
    told = [row[3].partition(":")[2] for row in table(representative.get(url))]
    assert len(set(told)) == 1
    assert "La riga è di un altro ente" in told[0]


def test_somebody_of_another_body_looks_new_to_a_representative(app, world, visit, representative):
    """The page is the same, letter by letter, whether she is known elsewhere or to nobody."""
    with arranging(app):
        person = worlds.make_person("Fontebella", tax_code="FNTLCU78C52G478B")
        worlds.make_affiliation(
            person, worlds.db.session.get_one(worlds.Organisation, world.b.home_id)
        )
    row = ("Fontebella", "Lucia", "FNTLCU78C52G478B", "", "", "Anagrafe")
    url = check(representative, lines(row))
    known_elsewhere = main(representative.get(url))
    assert "Nuove 1" in known_elsewhere
    assert "Beta" not in known_elsewhere
    apply(representative, url)
    assert [name for name, *_rest in place(app, "Fontebella")] == [
        "Comune di Beta",
        "Comune di Alfa",
    ]
    assert undo(representative, url).status_code == 302
    assert [name for name, *_rest in place(app, "Fontebella")] == ["Comune di Beta"]
    wrong = check(representative, lines(("Altra", "Persona", "FNTLCU78C52G478B", "", "", "")))
    said = main(representative.get(wrong))
    assert "non si può registrare" in said
    assert "Fontebella" not in said


def test_the_coordinator_is_told_of_two_affiliations(app, coordinator, world):
    with arranging(app):
        person = worlds.make_person("Fontebella", tax_code="FNTLCU78C52G478B")
        worlds.make_affiliation(
            person, worlds.db.session.get_one(worlds.Organisation, world.b.home_id)
        )
    url = check(coordinator, lines(LUCIA), body=str(world.a.home_id))
    assert "Lavora già in un altro ente, e vi resta" in main(coordinator.get(url))


@pytest.mark.parametrize("path", ["", "/columns", "/undo", "/progress", "/remarks.xlsx"])
def test_another_bodys_list_is_not_there(visit, representative, path):
    url = check(representative, lines(LUCIA, ("", "x")))
    for who in ("representative_beta", "organiser_alfa", "organiser_beta"):
        other = visit(who)
        answer, missing = other.get(url + path), other.get(f"{PAGE}/987654{path}")
        assert (answer.status_code, main(answer)) == (404, main(missing))
    for path in ("columns", "names", "apply", "drop", "undo"):
        assert visit("representative_beta").post(f"{url}/{path}").status_code == 404


@pytest.mark.parametrize("who", ["trainer_alfa", "tutor_alfa", "participant_alfa", "admin"])
def test_others_have_no_business_here(visit, who):
    assert visit(who).get(PAGE).status_code == 403


def test_the_auditor_reads_and_does_nothing(visit, representative):
    url = check(representative, lines(LUCIA, MARIA))
    auditor = visit("auditor")
    page = auditor.get(url)
    assert page.status_code == 200
    assert "Importa:" not in main(page)
    assert auditor.post(f"{url}/apply").status_code == 403
    assert "Carica un elenco" not in main(auditor.get(PAGE))


# Undoing


def test_undone_is_as_if_it_had_never_been(app, representative):
    before = (
        ask(app, "SELECT * FROM person ORDER BY id"),
        ask(app, "SELECT * FROM affiliation ORDER BY id"),
    )
    url = bring_in(representative, lines(LUCIA, MARIA))
    assert "Le persone nuove vengono tolte (2)" in main(representative.get(f"{url}/undo"))
    assert undo(representative, url).status_code == 302
    after = (
        ask(app, "SELECT * FROM person ORDER BY id"),
        ask(app, "SELECT * FROM affiliation ORDER BY id"),
    )
    assert after == before
    assert "tolte 2 persone, rimesse com’erano 0" in main(representative.get(url))
    assert trail_is_whole(app)


def test_undoing_twice_is_told(app, representative):
    url = bring_in(representative, lines(LUCIA))
    drawn = form(representative.get(f"{url}/undo"), "")
    assert representative.client.post(f"{url}/undo", data=drawn).status_code == 302
    answer = representative.client.post(f"{url}/undo", data={**drawn, "idempotency_key": "altra"})
    assert answer.status_code == 409
    assert "Questa importazione è già stata annullata." in main(answer)


def test_what_others_built_on_stays_and_is_told_row_by_row(app, representative, world):
    url = bring_in(representative, lines(LUCIA, MARIA, ("Rossi", "Anna", "", "", "", "")))
    with arranging(app) as session:
        person = session.query(worlds.Person).filter_by(family_name="Fontebella").one()
        edition = session.get_one(worlds.Edition, world.a.edition_id)
        worlds.make_enrolment(
            edition, person, session.get_one(worlds.Organisation, world.a.home_id)
        )
        session.query(worlds.Person).filter_by(family_name="Rossi").one().birth_place = "Terni"
    before = checksum(app)
    answer = representative.get(f"{url}/undo")
    said = main(answer)
    assert "Riga 2, Fontebella Lucia: Nel frattempo è stata iscritta" in said
    assert "Riga 4, Rossi Anna: Nel frattempo i suoi dati sono cambiati" in said
    assert "Ombrasecca" not in said
    refused = representative.post(f"{url}/undo")
    assert refused.status_code == 409
    assert checksum(app) == before


def test_another_affiliation_or_enrolment_stands_in_the_way(app, world, representative):
    with arranging(app) as session:
        person = worlds.make_person("Fontebella", tax_code="FNTLCU78C52G478B")
        worlds.make_affiliation(person, session.get_one(worlds.Organisation, world.b.home_id))
    url = bring_in(representative, lines(LUCIA, MARIA))
    with arranging(app) as session:
        known_one = session.query(worlds.Person).filter_by(family_name="Fontebella").one()
        new = session.query(worlds.Person).filter_by(family_name="D'Ombrasecca").one()
        body = session.get_one(worlds.Organisation, world.a.home_id)
        edition = session.get_one(worlds.Edition, world.a.edition_id)
        worlds.make_enrolment(edition, known_one, body, requested_at=datetime.now().astimezone())
        worlds.make_affiliation(new, session.get_one(worlds.Organisation, world.b.home_id))
    said = main(representative.get(f"{url}/undo"))
    assert "Riga 2, Fontebella Lucia: Nel frattempo è stata iscritta" in said
    assert "Riga 3, D'Ombrasecca Maria Teresa: Nel frattempo ha un'altra appartenenza." in said


def test_after_a_day_it_is_too_late(app, representative, clock):
    url = bring_in(representative, lines(LUCIA))
    with app.app_context():
        clear_imports()
        worlds.db.session.commit()
    assert "Annulla l’importazione" in main(representative.get(url))
    clock.shift(timedelta(days=1, minutes=1))
    with app.app_context():
        clear_imports()
        worlds.db.session.commit()
    assert ask(app, "SELECT before, written FROM person_import_row") == [(None, None)]
    assert one(app, "SELECT count(*) FROM person_import WHERE cleared_at IS NOT NULL") == 1


def test_a_list_that_waits_a_week_loses_its_rows(app, representative, clock):
    check(representative, lines(LUCIA, MARIA))
    clock.shift(timedelta(days=7, minutes=1))
    with app.app_context():
        clear_imports()
        worlds.db.session.commit()
    assert one(app, "SELECT count(*) FROM person_import_row") == 0
    assert one(app, STATE) == "dropped"
    assert trail_is_whole(app)


def test_a_list_may_be_thrown_away(app, representative):
    url = check(representative, lines(LUCIA, MARIA))
    assert representative.post(f"{url}/drop").status_code == 302
    assert one(app, "SELECT count(*) FROM person_import_row") == 0
    assert "i dati delle sue righe sono stati rimossi" in main(representative.get(url))
    assert representative.post(f"{url}/drop").status_code == 409
    assert representative.post(f"{url}/columns", {"column-0": "family"}).status_code == 302
    assert one(app, STATE) == "dropped"


def test_the_page_of_people_leads_here(representative):
    links = [a.get("href") for a in tree(representative.get("/people")).iter("a")]
    assert PAGE in links


def test_a_birth_date_of_today_is_none(representative):
    raw = lines(
        ("Rossi", "Anna", f"{date(2015, 5, 14):%d/%m/%Y}"),
        head=("Cognome", "Nome", "Data di nascita"),
    )
    assert "Una data di nascita sta nel passato" in main(
        representative.get(check(representative, raw))
    )
