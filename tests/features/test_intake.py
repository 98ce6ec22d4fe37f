# SPDX-License-Identifier: AGPL-3.0-or-later
"""Officials from an office list: as offices write them, looked at, imported all or nothing."""

from tests.ledger import ask
from tests.pages import main, post_file

PAGE = "/people/imports"
LIST = (
    "Elenco del personale;;;;\n;;;;\n"
    "Cognome ;Nome; C.F.;E-Mail;Ufficio\n"
    "FONTEBELLA;LUCIA;FNTLCU78C52G478B;lucia@ente.example;URP \n"
    ";;;;\n"
    "D'Ombrasecca;Maria Teresa;DMBMTR59E49C744U;;Anagrafe\n"
)


def send(visitor, raw, name="elenco.csv", **more):
    raw = raw.encode("cp1252") if isinstance(raw, str) else raw
    return post_file(visitor, PAGE, raw, name, csrf_token=visitor.token(), **more)


def columns_of(answer) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    return answer.headers["Location"]


def test_smoke(app, visit):
    visitor = visit("representative_alfa")
    url = columns_of(send(visitor, LIST))
    page = visitor.get(url)
    print(main(page))
    from tests.pages import tree
    sent = {s.get("name"): next((o.get("value") for o in s.iter("option") if "selected" in o.attrib), "") for s in tree(page).iter("select")}
    print(sent)
    answer = visitor.post(url, {**sent, "update_known": "y"})
    assert answer.status_code == 302, main(answer)
    page = visitor.get(answer.headers["Location"])
    print(main(page))
    from tests.pages import form
    show = answer.headers["Location"]
    answer = visitor.client.post(show + "/apply", data=form(page, show + "/apply"))
    print(main(visitor.get(show)))
    print(ask(app, "select family_name, given_name, tax_code, work_email from person order by id desc limit 3"))
    page = visitor.get(show + "/undo")
    print(main(page))
    answer = visitor.client.post(show + "/undo", data=form(page, ""))
    print(answer.status_code, main(visitor.get(show)))
    print(ask(app, "select family_name, given_name, tax_code, work_email from person order by id desc limit 3"))
    print(main(visitor.get("/people/imports")))
    assert 0
