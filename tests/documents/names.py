# SPDX-License-Identifier: AGPL-3.0-or-later
"""Five hundred names, invented: those a register of people may hold, and those it should survive."""

from random import Random
from unicodedata import normalize

# Letters beyond a-z by language; Greek and Cyrillic with all of theirs.
LETTERS = {
    "bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "croatian": "čćđšž",
    "czech": "áčďéěíňóřšťúůýž",
    "danish": "æøåé",
    "dutch": "ëïéèöüĳ",
    "estonian": "äõöüšž",
    "finnish": "äöåšž",
    "french": "àâæçéèêëîïôœùûüÿ",
    "german": "äöüß",
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "hungarian": "áéíóöőúüű",
    "irish": "áéíóúḃċḋḟġṁṗṡṫ",
    "italian": "àèéìíîòóùú",
    "latvian": "āčēģīķļņšūžŗ",
    "lithuanian": "ąčęėįšųūž",
    "maltese": "ċġħżàèìòù",
    "polish": "ąćęłńóśźż",
    "portuguese": "áâãàçéêíóôõú",
    "romanian": "ăâîșțşţ",
    "slovak": "áäčďéíĺľňóôŕšťúýž",
    "slovene": "čšžćđ",
    "spanish": "áéíñóúü",
    "swedish": "åäöé",
    "albanian": "çë",
    "serbian": "ђјљњћџ",
    "turkish": "çğıİöşü",
    "ukrainian": "ґєії",
}
NEIGHBOURS = [
    "Nguyễn Thị Ặng",
    "Þórður Æsisson",
    "Ŵyn Ŷstrad",
    "Ŋuŋu Ɖaɖa",
    "გიორგი ველისა",
    "Արմեն Լեռնային",
]
APOSTROPHES = "'’‘ʼ`´′ʹʻ＇‛"
HYPHENS = "-‐‑‒–—−⁃﹣－"
MARKUP = [
    "Rossi <b>Maria</b>",
    'Maria <img src="/etc/passwd"/>',
    '<a href="https://x.example/">qui</a>',
    "<font size=72>Grande",
    "<para><br/></para>",
    "<script>app.alert(1)</script>",
    "{}",
    "{0} {family_name} {{ x }}",
    "%s %(name)s %d %%",
    "${HOME} $(id) `id`",
    "&amp; &lt; &#65; &nbsp;",
    "]]> <!-- --> <?xml?>",
    ") Tj ET Q endstream endobj",
    "(((( )))) \\051 \\\\ \\n",
    "%%EOF %PDF-1.7 startxref 0",
    "<< /JS (app.alert(1)) /S /JavaScript >>",
    "/Launch /URI https://x.example/",
    "' OR 1=1 --",
    "=HYPERLINK(1) @SUM +1",
    "../../etc/passwd C:\\temp",
    "■ □ ☐ �",
    "https://forpa.example.it/verifica/AAAA",
]
INVISIBLE = [
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
    "\u2028", "\u2029", "\u2060", "\u2066", "\u2069", "\ufeff", "\u00ad", "\u061c", "\u180e", "\u034f",
    "\ufe0f", "\ufffe", "\x00", "\x07", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2800", "\ufffc", "\ue000", "\U000e0041",
]  # fmt: skip
ELSEWHERE = [
    "李小龍", "山田たろう", "カタカナ", "김하늘", "中 Rossi",
    "محمد علي", "فاطمة", "דוד לוי", "देवी शर्मा", "สมชาย", "தமிழ்", "ᚠᚢᚦ", "ܐܒܓ",
    "Maria 😀", "👩‍👧 Anna", "🇮🇹 Ada", "𝐌𝐚𝐫𝐢𝐚", "𐌰𐌱", "Ａｄａ", "①Ⅷ", "ﬁore ﬂora", "ʘǃ", "𠮷野",
]  # fmt: skip
COMBINING = [
    "Noe\u0300 Citta\u0300",
    "Z\u030c\u0301ana",
    "A\u030a\u0301sa",
    "x\u030cara",
    "e\u0323\u0302n",
    "q\u0307\u0323a",
    "M\u0331\u0308ia",
    "a" + "\u0301" * 12,
    "\u0301Ada",
    "Ά Γεωργι\u0301ου",
    "И\u0306ван",
    "o\u20dd",
]
LONG = [
    "Maria Francesca " * 5,
    "W" * 80,
    "Ĝ" * 80,
    "i" * 80,
    "Αλεξανδροπουλος" * 5,
    "Щ" * 80,
    "a-" * 40,
    "’" * 80,
    "Castelvento Pietrachiara della Roccalta Montelieve di Fontebella e Valnestore min",
    "x y " * 20,
]
_ALL = sorted(set("abcdefghijklmnopqrstuvwxyz" + "".join(LETTERS.values())))


def _spelt() -> list[str]:
    """Every letter at the start, as a capital, and in the middle of a name."""
    pairs = {(letter, letter.upper()) for letters in LETTERS.values() for letter in letters}
    return [f"{capital}ma{letter}ri {letter}l{capital}" for letter, capital in sorted(pairs)]


def _drawn(count: int) -> list[str]:
    """Names of one to eighty letters of every alphabet together; always the same ones."""
    chance = Random(2015)  # noqa: S311 - not a secret
    lengths = [chance.randint(1, 80) for _ in range(count)]
    return ["".join(chance.choices([*_ALL, " ", "'", "-"], k=length)) for length in lengths]


def names(count: int = 500) -> list[str]:
    """Names of at most eighty characters, without spaces at the ends."""
    spelt = _spelt()
    written = [
        *spelt,
        *(normalize("NFD", name) for name in spelt[::3]),
        *NEIGHBOURS,
        *(f"Noè D{sign}Ombrasecca" for sign in APOSTROPHES),
        *(f"Anna{sign}Lisa" for sign in HYPHENS),
        *MARKUP,
        *(f"Fonte{sign}bella" for sign in INVISIBLE),
        *ELSEWHERE,
        *COMBINING,
        *LONG,
    ]
    drawn = [*written, *_drawn(max(count - len(written), 0))]
    return [" ".join(name[:80].split(" ")).strip(" ") for name in drawn]
