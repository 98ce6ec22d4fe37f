# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every sentence of pages and rules has its English, and no words escape the catalogue."""

import ast
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import force_locale

from app import create_app, labels, pages
from app.domain.certificates import CertificateKind
from app.domain.errors import Sentence
from app.errors import explain
from config import ROOT, TestConfig

with (ROOT / "app" / "translations" / "babel.cfg").open() as mapping:
    METHODS, OPTIONS = parse_mapping_cfg(mapping)
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "Sentence": None}
ENGLISH = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"

PLACE = re.compile(r"%\(\w+\)[sd]|%%")
MARKUP = re.compile(r'[<>&"]')  # templates trust a translation, also inside attributes

# Names that are the same in every language.
NAMES = {"SHA-256", "FOR PA", "Open Badge", "PDF", "CSV", "JSON", "Windows", "macOS", "Linux"}
SAID = ("aria-label", "title", "placeholder", "alt", "data-label", "data-confirm")


def extracted(root: Path = ROOT) -> dict[str | tuple[str, str], str]:
    """Each sentence of the sources (singular and plural where it has both), and its file."""
    found = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        str(root),
        METHODS,
        OPTIONS,
        KEYWORDS,
        directory_filter=lambda folder: Path(folder).is_relative_to(root / "app"),
    ):
        found.setdefault(message, name)
    return found


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def problems(messages: dict[str | tuple[str, str], str], catalogue: Catalog) -> list[str]:
    """What is wrong with the catalogue, one line for each sentence at fault."""
    found = []
    for message, source in messages.items():
        entry = catalogue.get(forms(message)[0])
        said = forms(entry.string) if entry else ()
        if not said or not all(said):
            what = "not translated"
        elif entry.fuzzy:
            what = "fuzzy"
        elif len(said) != len(forms(message)):
            what = "singular or plural missing"
        elif any(
            sorted(PLACE.findall(there)) != sorted(PLACE.findall(here))
            for here, there in zip(forms(message), said, strict=True)
        ):
            what = "other places"
        elif any(MARKUP.search(one) for one in said):
            what = "markup"
        else:
            continue
        found.append(f"{source}: {what}: {message}")
    return found


def catalogue(*entries: tuple[str | tuple[str, str], str | tuple[str, str]]) -> Catalog:
    made = Catalog(locale="en")
    for message, said in entries:
        made.add(message, said)
    return made


@pytest.fixture(scope="module")
def english() -> Catalog:
    return read_po(BytesIO(ENGLISH.read_bytes()), locale="en")


def test_every_sentence_has_its_english(english):
    assert problems(extracted(), english) == []


def test_pages_and_rules_are_both_read():
    sources = {Path(name).suffix for name in extracted().values()}
    assert sources == {".py", ".html"}
    assert "Il foglio è già stato aperto." in extracted(), "a Sentence of the domain"
    assert ("presente", "presenti") in extracted(), "an ngettext of a template"
    assert "Attestato di frequenza" in extracted(), "a lazy label"


@pytest.mark.parametrize(
    ("message", "said", "what"),
    [
        ("Buongiorno", "", "not translated"),
        ("Buongiorno", None, "not translated"),
        ("%(name)s è qui", "Here is %(nome)s", "other places"),
        ("%(name)s è qui", "Somebody is here", "other places"),
        ("%(share)d %%", "%(share)s%%", "other places"),
        ("%(share)d %%", "%(share)d%", "other places"),
        (("%(num)d ora", "%(num)d ore"), ("%(num)d hour", "hours"), "other places"),
        (("%(num)d ora", "%(num)d ore"), ("%(num)d hour", ""), "not translated"),
        ("Sì", 'The "yes"', "markup"),
        ("Sì", "<b>Yes</b>", "markup"),
    ],
)
def test_a_planted_fault_is_reported(message, said, what):
    other = ("Ciao", "Hello")
    entries = [other] if said is None else [other, (message, said)]
    assert problems({"Ciao": "a.py", message: "b.py"}, catalogue(*entries)) == [
        f"b.py: {what}: {message}"
    ]


def test_a_fuzzy_translation_is_reported():
    guessed = catalogue(("Ciao", "Hello"))
    guessed.get("Ciao").flags.add("fuzzy")
    assert problems({"Ciao": "a.py"}, guessed) == ["a.py: fuzzy: Ciao"]


def test_a_new_sentence_is_found(tmp_path):
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "app" / "new.py").write_text('raise RuleViolation(Sentence("Da %(a)s.", {}))')
    (tmp_path / "app" / "templates" / "new.html").write_text('<p>{{ _("Nuova") }}</p>')
    assert set(extracted(tmp_path)) == {"Da %(a)s.", "Nuova"}


# Words that never reach the extraction ----------------------------------------------------------


def unsaid(html: str) -> list[str]:
    """Words of a template that are written out instead of being said in a language."""
    html = re.sub(r"\{#.*?#\}", "", html, flags=re.S)
    html = re.sub(r"(\{% block page_class %\}).*?(\{% endblock %\})", "", html)
    html = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", html, flags=re.S)
    spoken = re.findall(rf'\b(?:{"|".join(SAID)})="([^"]*)"', html)
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    html = re.sub(r"<code>[^\0<]*</code>", "", html)  # what one types is the same everywhere
    texts = re.split(r"<[^>]*>|\0|&\w+;", html)
    words = [text.strip(" \n–·:,.()/") for text in [*texts, *"\0".join(spoken).split("\0")]]
    return [text for text in words if re.search(r"[^\W\d_]{2}", text) and text not in NAMES]


def test_templates_write_no_words_out(root):
    written = {
        str(path.relative_to(root)): unsaid(path.read_text("utf-8"))
        for path in (root / "app" / "templates").rglob("*.html")
    }
    assert written
    assert {name: words for name, words in written.items() if words} == {}


@pytest.mark.parametrize(
    "html",
    [
        "<p>Benvenuti</p>",
        '<a aria-label="Chiudi {{ x }}">×</a>',
        "{% if a %}<b>Aperto</b>{% endif %}",
        '<img alt="Emblema" src="x">',
    ],
)
def test_a_planted_word_is_found(html):
    assert len(unsaid(html)) == 1


def unreachable(source: str) -> list[int]:
    """Lines where what is translated is not written on the spot, so nobody extracts it."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in ("_", "_l", "ngettext", "Sentence")
        and call.args
        and not isinstance(call.args[0], ast.Constant)
    ]


def test_only_explain_translates_what_it_is_given(root):
    found = {
        str(path.relative_to(root)): len(unreachable(path.read_text("utf-8")))
        for path in (root / "app").rglob("*.py")
    }
    assert {name: number for name, number in found.items() if number} == {"app/errors.py": 1}


def test_a_planted_variable_is_found():
    assert unreachable('_("Sì")\n_(word)\nSentence(f"{x}")\n') == [2, 3]


# What an English reader sees --------------------------------------------------------------------


@pytest.fixture
def reading(english, tmp_path):
    """An application whose English is the catalogue as it is written, compiled or not."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, english)
    settings = {
        "BABEL_TRANSLATION_DIRECTORIES": str(tmp_path),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'empty.db'}",
    }
    app = create_app(type("Config", (TestConfig,), settings))
    with app.test_request_context():
        yield


def test_a_rule_speaks_both_languages(reading):
    sentence = Sentence(
        "Soglia raggiunta: %(counted)s su %(planned)s (%(share)d %%), richiesto l'%(threshold)d %%.",
        {"counted": "16 h", "planned": "20 h", "share": 80, "threshold": 80},
    )
    with force_locale("it"):
        assert explain(sentence) == str(sentence)
    with force_locale("en"):
        assert explain(sentence) == "Threshold reached: 16 h of 20 h (80%), 80% required."


def test_dates_and_shares_follow_the_language(reading):
    lesson = date(2015, 5, 14)
    with force_locale("it"):
        assert (pages.day(lesson), pages.percent(80)) == ("gio 14 mag 2015", "80 %")
    with force_locale("en"):
        assert (pages.day(lesson), pages.percent(80)) == ("Thu 14 May 2015", "80%")
        assert pages.day(lesson, "long") == "Thursday 14 May 2015"


def test_paper_stays_italian(reading):
    with force_locale("en"):
        assert labels.label(CertificateKind.FREQUENCY) == "Certificate of attendance"
        assert labels.italian(CertificateKind.FREQUENCY) == "Attestato di frequenza"
