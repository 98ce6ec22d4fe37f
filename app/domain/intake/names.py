# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names as office lists write them: in one column, in capitals, with particles and apostrophes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain import tax_code as tax_codes
from app.domain.people import search_key

# What begins a family name and belongs to the word after it.
PARTICLES = frozenset(
    ["d", "da", "dai", "dal", "dall", "dalla", "dalle", "dagli", "de", "dei", "degli", "del", "dell", "della", "delle", "dello", "di", "la", "le", "li", "lo", "los", "san", "santa", "santo", "van", "von", "der", "den", "el", "al", "abd", "abu", "ben", "bin", "mac", "mc", "o"]
)  # fmt: skip
# Given names common enough to tell one from a family name; no rule rests on one missing.
GIVEN = frozenset(
    [
        "ada",
        "adele",
        "alba",
        "alberto",
        "alessandra",
        "alessandro",
        "alessia",
        "alessio",
        "alfredo",
        "alice",
        "amelia",
        "ana",
        "andrea",
        "angela",
        "angelo",
        "anna",
        "annalisa",
        "annamaria",
        "antonella",
        "antonia",
        "antonio",
        "arianna",
        "aurora",
        "barbara",
        "beatrice",
        "benedetta",
        "bianca",
        "bruna",
        "bruno",
        "camilla",
        "carla",
        "carlo",
        "carmela",
        "carmen",
        "carolina",
        "caterina",
        "catia",
        "cecilia",
        "chiara",
        "cinzia",
        "claudia",
        "claudio",
        "concetta",
        "cristian",
        "cristiana",
        "cristiano",
        "cristina",
        "daniela",
        "daniele",
        "dario",
        "davide",
        "debora",
        "diego",
        "domenico",
        "donatella",
        "edoardo",
        "elena",
        "eleonora",
        "elisa",
        "elisabetta",
        "emanuela",
        "emanuele",
        "emilia",
        "enrica",
        "enrico",
        "enza",
        "ermanno",
        "eva",
        "fabiana",
        "fabio",
        "fabrizio",
        "federica",
        "federico",
        "filippo",
        "filomena",
        "flavia",
        "flavio",
        "francesca",
        "francesco",
        "franco",
        "gabriele",
        "gabriella",
        "gaia",
        "gianfranco",
        "gianluca",
        "gianni",
        "giacomo",
        "ginevra",
        "gino",
        "giorgia",
        "giorgio",
        "giovanna",
        "giovanni",
        "giulia",
        "giuliana",
        "giuliano",
        "giulio",
        "giuseppe",
        "giuseppina",
        "gloria",
        "grazia",
        "graziella",
        "guido",
        "ilaria",
        "irene",
        "ivan",
        "jacopo",
        "laura",
        "lea",
        "leonardo",
        "letizia",
        "liliana",
        "linda",
        "lisa",
        "lorena",
        "lorenzo",
        "loredana",
        "luca",
        "lucia",
        "luciana",
        "luciano",
        "luigi",
        "luigia",
        "luisa",
        "manuela",
        "marcella",
        "marcello",
        "marco",
        "margherita",
        "maria",
        "mariangela",
        "marianna",
        "marilena",
        "marina",
        "mario",
        "marisa",
        "marta",
        "martina",
        "massimiliano",
        "massimo",
        "matteo",
        "maurizio",
        "mauro",
        "michela",
        "michele",
        "milena",
        "mirella",
        "miriam",
        "monica",
        "nadia",
        "nicola",
        "nicoletta",
        "nicolo",
        "noemi",
        "olga",
        "ornella",
        "pamela",
        "paola",
        "paolo",
        "patrizia",
        "piera",
        "piero",
        "pietro",
        "raffaele",
        "raffaella",
        "renata",
        "renato",
        "riccardo",
        "rita",
        "roberta",
        "roberto",
        "romina",
        "rosa",
        "rosanna",
        "rosaria",
        "rosella",
        "rossana",
        "rossella",
        "sabrina",
        "salvatore",
        "samuele",
        "sandra",
        "sandro",
        "sara",
        "serena",
        "sergio",
        "silvana",
        "silvia",
        "silvio",
        "simona",
        "simone",
        "sofia",
        "sonia",
        "stefania",
        "stefano",
        "susanna",
        "teresa",
        "tiziana",
        "tommaso",
        "umberto",
        "valentina",
        "valeria",
        "valerio",
        "vanessa",
        "vera",
        "veronica",
        "vincenza",
        "vincenzo",
        "virginia",
        "vito",
        "vittoria",
        "vittorio",
        "viviana",
        "walter",
    ]
)
_ACCENTS = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}
_APART = re.compile(r"\b([A-Za-zÀ-ÿ]{1,5})\s*['’`´]\s+(?=[A-Za-zÀ-ÿ])")
LONGEST = 200  # characters of a name in one column
MOST_PARTS = 8


@dataclass(frozen=True)
class Split:
    """One way of reading a whole name."""

    family: str
    given: str


@dataclass(frozen=True)
class Reading:
    """The ways of reading a whole name, the likeliest first; ``sure``: nobody need be asked."""

    options: tuple[Split, ...]
    sure: bool


def tidy(name: str) -> str:
    """The name without double spaces; in capitals or small letters only, as one writes names.

    NICOLO' and nicolo' become Nicolò: in capitals an apostrophe at the end stands for the accent.
    """
    name = " ".join(name.split())
    if not (name.isupper() or name.islower()):
        return name
    return " ".join(_word(word) for word in name.split(" "))


def _word(word: str) -> str:
    word = word.lower()
    if len(word) > 2 and word[-1] in "'’`´" and word[-2] in _ACCENTS:
        word = word[:-2] + _ACCENTS[word[-2]]
    return re.sub(r"(^|[-'’])(\w)", lambda found: found[1] + found[2].upper(), word)


def family_comes_first(names: Iterable[str]) -> bool:
    """Whether a column of whole names begins with the family names, judging by the given ones."""
    score = 0
    for name in names:
        words = search_key(name[:LONGEST]).split()
        if len(words) > 1:
            score += (words[-1] in GIVEN) - (words[0] in GIVEN)
    return score >= 0


def read_whole_name(text: str, *, family_first: bool = True, tax_code: str = "") -> Reading:
    """Family and given name of a whole name; no options where it has only one part.

    Told apart, in this order, by a comma, by the letters of the tax code, by capitals for the
    family name, by particles, by well-known given names. Otherwise a person has to say.
    """
    text = " ".join(text[:LONGEST].split())
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return Reading((_split([family.strip()], [given.strip()]),), sure=True)
    parts = _parts(text.replace(",", " "))
    if not 2 <= len(parts) <= MOST_PARTS:
        return Reading((), sure=False)
    ways = _ways(parts, family_first)
    for telling in (_by_tax_code(ways, tax_code), _by_capitals(parts)):
        if telling:
            return Reading(telling, sure=len(telling) == 1)
    if len(parts) == 2:
        return Reading((ways[0],), sure=True)
    return _by_given_names(parts, ways, family_first)


def _parts(text: str) -> list[str]:
    """The words, each particle together with the word after it; D' Angelo is D'Angelo."""
    text = _APART.sub(lambda f: f"{f[1]}'" if f[1].lower() in PARTICLES else f[0], text)
    parts: list[str] = []
    held: list[str] = []
    words = text.split()
    for number, word in enumerate(words):
        held.append(word)
        if search_key(word) in PARTICLES and number < len(words) - 1:
            continue
        parts.append(" ".join(held))
        held = []
    return parts


def _split(family: Sequence[str], given: Sequence[str]) -> Split:
    return Split(tidy(" ".join(family)), tidy(" ".join(given)))


def _ways(parts: Sequence[str], family_first: bool) -> list[Split]:
    """Every way to cut the name in two, the usual order first."""
    cuts = range(1, len(parts))
    first = [_split(parts[:cut], parts[cut:]) for cut in cuts]
    last = [_split(parts[cut:], parts[:cut]) for cut in reversed(cuts)]
    return first + last if family_first else last + first


def _by_tax_code(ways: Iterable[Split], code: str) -> tuple[Split, ...]:
    return tuple(one for one in ways if tax_codes.names_agree(code, one.family, one.given))


def _by_capitals(parts: Sequence[str]) -> tuple[Split, ...]:
    """ROSSI Maria Luisa, and Maria Luisa ROSSI."""
    loud = [part.isupper() and len(part) > 2 for part in parts]
    number = sum(loud)
    if not 0 < number < len(parts):
        return ()
    if all(loud[:number]):
        return (_split(parts[:number], parts[number:]),)
    if all(loud[-number:]):
        return (_split(parts[-number:], parts[:-number]),)
    return ()


def _by_given_names(parts: Sequence[str], ways: list[Split], family_first: bool) -> Reading:
    ordered = list(parts) if family_first else list(reversed(parts))
    known = [search_key(part) in GIVEN for part in ordered]
    cut = len(ordered)
    while cut > 1 and known[cut - 1]:
        cut -= 1
    if cut == len(ordered):  # not even the last is a known given name
        cut = 1
    likely = ways[cut - 1]
    others = tuple(way for way in ways[: len(parts) - 1] if way != likely)
    return Reading((likely, *others), sure=cut == 1 and all(known[1:]) and not known[0])
