# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files nobody vouches for: each refused in words, soon, and without filling the memory."""

import io
import os
import re
import resource
import subprocess
import sys
import warnings
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pikepdf
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from PIL import Image

from app import scan_reader
from app.domain.errors import RuleViolation
from app.spreadsheets import read_table, write_template
from app.uploads import check_scan, page_image
from tests.faults.files import (
    SHEET,
    drawing,
    pdf,
    picture,
    picture_bomb,
    sheet_of,
    workbook,
    zipped,
)

SOON = 5.0  # seconds of a processor: without bounds a bomb takes minutes
LITTLE = 100_000  # kilobytes: without bounds a bomb takes gigabytes
LOCK = pikepdf.Encryption
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip


@pytest.fixture(autouse=True)
def answered():
    """No application here: files only."""


def gps_photo() -> bytes:
    """A phone's photo: taken on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter
    exif[0x010E] = "Sala della Vaccara"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 6.0, 42.0), 3: "E", 4: (12.0, 23.0, 18.0)})
    out = io.BytesIO()
    photo = Image.new("RGB", (60, 40), "white")
    photo.paste("red", (0, 0, 20, 40))
    photo.save(out, "JPEG", exif=exif, comment=b"scritto da me", icc_profile=b"profilo " * 30)
    return out.getvalue()


def animation() -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


BAD_SCANS = {
    "nothing": (lambda: b"", "vuoto"),
    "too big": (lambda: b"\xff\xd8\xff" + bytes(10_000_000), "10 MB"),
    "no picture at all": (lambda: os.urandom(5_000), "non è un PDF"),
    "a page": (lambda: b"<html><script>alert(1)</script>", "non è un PDF"),
    "a drawing in XML": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "non è un PDF"),
    "a GIF called photo": (lambda: picture("GIF", mode="L"), "non è un PDF"),
    "a TIFF": (lambda: picture("TIFF"), "non è un PDF"),
    "a workbook": (lambda: workbook(), "non è un PDF"),
    "a PDF behind a page": (lambda: b"<html>" + pdf(), "non è un PDF"),
    "a head of JPEG and nothing": (lambda: b"\xff\xd8\xff" + os.urandom(5_000), "danneggiato"),
    "a JPEG cut short": (lambda: picture(size=(900, 900))[:-200], "danneggiato"),
    "a PNG cut short": (lambda: picture("PNG", (900, 900))[:-200], "danneggiato"),
    "a PDF cut short": (lambda: pdf(3)[:-40], "danneggiato"),
    "a head of PDF and nothing": (lambda: b"%PDF-1.7\n" + bytes(5_000) + b"%%EOF", "danneggiato"),
    "a PDF and an archive": (lambda: pdf() + zipped([("a", os.urandom(3_000))]), "danneggiato"),
    "a PDF two metres wide": (lambda: pdf(1, (5_700, 842)), "danneggiato"),
    "a PDF with a password": (lambda: pdf(encryption=LOCK(owner="a", user="b")), "password"),
    "a PDF that forbids": (lambda: pdf(encryption=LOCK(owner="a", user="")), "password"),
    "a thousand pages": (lambda: pdf(1_000), "50 pagine"),
    "fifty-one pages": (lambda: pdf(51), "50 pagine"),
    "400 million points": (lambda: picture("PNG", (20_000, 20_000), "1"), "25 milioni"),
    "36 million points": (lambda: picture("PNG", (6_000, 6_000), "1"), "25 milioni"),
    "a JPEG of 4 thousand million": (lambda: picture().replace(b"\x00\x28\x00\x3c", b"\xff\xff\xff\xff"), "25 milioni"),
    "an animation": (animation, "animata"),
}  # fmt: skip


def spent() -> float:
    """Seconds of processor of this process and of those it has waited for."""
    return sum(os.times()[:4])


def refusal(check, raw: bytes, soon: float = SOON) -> str:
    """The sentence with which the file is refused; the time and memory it took are bounded."""
    before = spent(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RuleViolation) as refused:
        check(raw)
    assert spent() - before[0] < soon
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before[1] < LITTLE
    return str(refused.value)


@pytest.mark.parametrize("name", BAD_SCANS)
def test_a_bad_scan_is_refused_in_words_and_soon(name):
    make, sentence = BAD_SCANS[name]
    assert sentence in refusal(check_scan, make())


WEIGHED = """
import runpy, sys
runpy.run_path(sys.argv.pop(1), run_name="__main__")
sys.stderr.write(open("/proc/self/status").read())
"""


@pytest.mark.parametrize("name", ["400 million points", "a thousand pages", "36 million points"])
def test_the_reader_takes_little_memory_for_a_bomb(name):
    done = subprocess.run(  # noqa: S603 - our own program and file
        [sys.executable, "-I", "-c", WEIGHED, scan_reader.__file__, "check"],
        input=BAD_SCANS[name][0](),
        capture_output=True,
        check=True,
    )
    assert b"refused" in done.stdout
    assert int(re.search(rb"VmHWM:\s+(\d+) kB", done.stderr)[1]) < LITTLE


GOOD_PICTURES = [
    ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"),
    *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "mode"), GOOD_PICTURES)
def test_a_picture_is_drawn_anew_as_jpeg(kind, mode):
    checked = check_scan(picture(kind, mode=mode))
    with Image.open(io.BytesIO(checked.content)) as drawn:
        assert (drawn.format, drawn.mode, drawn.size) == ("JPEG", "RGB", (60, 40))
    assert (checked.media_type, checked.pages) == ("image/jpeg", 1)
    assert page_image(checked.media_type, checked.content, 1) == checked.content


def test_what_is_transparent_becomes_paper():
    checked = check_scan(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    with Image.open(io.BytesIO(checked.content)) as drawn:
        assert drawn.getpixel((30, 20)) == (255, 255, 255)


def test_sixteen_bits_of_grey_stay_grey():
    checked = check_scan(picture("PNG", mode="I;16", colour=32_768))
    with Image.open(io.BytesIO(checked.content)) as drawn:
        assert abs(drawn.getpixel((30, 20))[0] - 128) < 3


def test_of_a_photo_only_its_points_remain_and_they_stand_upright():
    raw = gps_photo()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825), "the specimen has no place"
    content = check_scan(raw).content
    with Image.open(io.BytesIO(content)) as drawn:
        assert dict(drawn.getexif()) == {}
        assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert drawn.size == (40, 60)
        top, bottom = drawn.getpixel((20, 5)), drawn.getpixel((20, 55))
    assert top[0] > 200 > top[1] + 100, "the red edge is not at the top"
    assert min(bottom) > 200
    for trace in (b"Exif", b"Vaccara", b"scritto", b"profilo", b"GPS"):
        assert trace not in content


def test_what_hangs_on_a_picture_is_left_behind():
    payload = b"<script>alert(1)</script>" + zipped([("a.txt", "x")])
    for raw in (picture() + payload, picture("PNG") + payload):
        assert payload[:8] not in check_scan(raw).content


def test_a_large_photo_is_made_smaller():
    with Image.open(io.BytesIO(check_scan(picture(size=(4_800, 3_600))).content)) as drawn:
        assert drawn.size == (3_000, 2_250)


def test_a_pdf_is_kept_as_it_came_and_shown_as_pictures():
    raw = pdf(50)
    checked = check_scan(raw)
    assert (checked.content, checked.media_type, checked.pages) == (raw, "application/pdf", 50)
    with Image.open(io.BytesIO(page_image("application/pdf", raw, 50))) as page:
        assert (page.format, max(page.size)) == ("JPEG", 2_000)


@pytest.mark.parametrize(
    "raw",
    [drawing(b"0 0 595 842 re f\n" * 3_000_000), picture_bomb(20_000)],
    ids=["endless drawing", "400 million points within"],
)
def test_a_page_that_never_ends_is_given_up(raw):
    assert check_scan(raw).pages == 1
    before = spent()
    with suppress(RuleViolation):
        assert len(page_image("application/pdf", raw, 1)) < 2_000_000
    assert spent() - before < scan_reader.SECONDS + 1


BAD_TABLES = {
    "nothing": (lambda: b" \n", "vuoto"),
    "too big": (lambda: b"a;b\n" * 1_300_000, "5 MB"),
    "no text": (lambda: b"\x00\x01\x02" * 50, "non si legge come testo"),
    "no known letters": (lambda: b"a;\x81\n", "non si legge come testo"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "salvarlo come XLSX"),
    "a PDF": (lambda: pdf(), "salvarlo come XLSX"),
    "a quote never closed": (lambda: b'a;"b\n' + b"x;y\n" * 50_000, "virgoletta"),
    "a long cell": (lambda: b"a;" + b"x" * 2_001, "riga 1"),
    "too many rows": (lambda: b"a;b\n" * 5_001, "5 000 righe"),
    "too many columns": (lambda: b";".join([b"a"] * 31), "30 colonne"),
    "empty rows": (lambda: b";;\n;\n", "non ha righe"),
    "a broken archive": (lambda: b"PK\x03\x04" + os.urandom(500), "danneggiato"),
    "a workbook cut short": (lambda: workbook()[:-600], "danneggiato"),
    "another archive": (lambda: zipped([("a.txt", "x")]), "non è una cartella di lavoro"),
    "a way out": (lambda: workbook("../../etc/passwd", "x"), "non è una cartella di lavoro"),
    "65,535 members": (lambda: zipped((f"{n}", b"") for n in range(65_535))[:4_900_000], "troppe parti"),
    "400 members": (lambda: zipped((f"{n}", b"") for n in range(400)), "troppe parti"),
    "a bomb of zeros": (lambda: workbook("xl/media/image1.png", bytes(40_000_000)), "troppo grande"),
    "a bomb of rows": (lambda: workbook(SHEET, sheet_of('<row r="1"><c r="A1"><v>1</v></c></row>' * 300_000)), "troppo grande"),
    "a bomb of styles": (lambda: workbook("xl/styles.xml", os.urandom(600_000).hex()), "troppo grande"),
    "rows of 16,384": (lambda: workbook(SHEET, sheet_of("".join(f'<row r="{n}"><c r="XFD{n}"><v>{n * n}</v></c></row>' for n in range(1, 9_000)))), "troppo grande"),
    "a row a million down": (lambda: workbook(SHEET, sheet_of('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')), "troppo grande"),
    "a thousand million laughs": (lambda: workbook(SHEET, sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>', LAUGHS)), "danneggiato"),
    "laughs in the workbook": (lambda: workbook("xl/workbook.xml", f'<?xml version="1.0"?>{LAUGHS}<workbook>&a9;</workbook>'), "danneggiato"),
    "somebody else's file": (lambda: workbook(SHEET, sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>', '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>')), "danneggiato"),
    "a workbook without sheets": (lambda: workbook("xl/workbook.xml", "<workbook/>"), "danneggiato"),
    "a formula": (lambda: workbook(SHEET, sheet_of('<row r="2"><c r="B2"><f>1+1</f><v>2</v></c></row>')), "cella B2 contiene una formula"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_is_refused_in_words_and_soon(name):
    make, sentence = BAD_TABLES[name]
    assert sentence in refusal(read_table, make())


@pytest.mark.parametrize(
    ("raw", "rows"),
    [
        ("Nome;Ora\nRossi, Anna;09:20\n\nÈ;\"a;b\"\n\n\n".encode("cp1252"), [["Nome", "Ora"], ["Rossi, Anna", "09:20"], [], ["È", "a;b"]]),
        ("\ufeffNome,Ora\r\nÀ,1\r\n".encode(), [["Nome", "Ora"], ["À", "1"]]),
        ("Nome\tEntra\nRossi, Anna\t14/05/15, 9:02\n".encode("utf-16"), [["Nome", "Entra"], ["Rossi, Anna", "14/05/15, 9:02"]]),
        (b"sep=,\na,b;c;d\n", [["a", "b;c;d"]]),
        (b"a\rb\r", [["a"], ["b"]]),
        (b"'=1+1;'-3;'x;+39 075\n", [["=1+1", "-3", "'x", "+39 075"]]),
        (b"a\x07b; c \n", [["ab", "c"]]),
    ],
)  # fmt: skip
def test_a_csv_is_read_as_programs_write_it(raw, rows):
    assert read_table(raw) == rows


def test_values_of_a_workbook_become_italian_text():
    made = Workbook()
    made.active.append(
        ["a ", 12, 12.5, 0.1 + 0.2, date(2015, 5, 14), datetime(2015, 5, 14, 9, 20), time(9, 20, 5),  # noqa: DTZ001
         timedelta(hours=30, minutes=5), True, None, "x"]
    )  # fmt: skip
    made.active.append([])
    made.active.append([None, "à"])
    made.active["AZ500"].font = Font(bold=True)  # a form, and nothing in it
    out = io.BytesIO()
    made.save(out)
    assert read_table(out.getvalue()) == [
        ["a", "12", "12,5", "0,3", "14/05/2015", "14/05/2015 09:20", "09:20:05", "30:05", "VERO", "", "x"],
        [],
        ["", "à"],
    ]  # fmt: skip


def test_a_full_table_is_read():
    rows = [[f"{row} {column}" for column in range(30)] for row in range(5_000)]
    text = "\n".join(";".join(row) for row in rows)
    assert read_table(text.encode()) == rows


def test_a_template_holds_text_only_and_comes_back_as_it_went():
    rows = [["=cmd|' /C calc'!A0", "+39 075", "-3"], ["@SUM(A1)", "\t=1", "a\x00b"]]
    raw = write_template(["=Nome", "Ora", "x"], rows)
    cells = [cell for row in load_workbook(io.BytesIO(raw)).active for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    back = read_table(raw)
    assert back == [["=Nome", "Ora", "x"], rows[0], ["@SUM(A1)", "=1", "ab"]]


def test_warnings_of_the_library_do_not_stop_a_table():
    odd = '<row r="1"><c r="A1" t="e"><v>#N/D</v></c></row>'
    menu = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>'
    sheet = sheet_of(odd).replace("</sheetData>", f"</sheetData>{menu}")
    with warnings.catch_warnings(record=True) as heard:
        assert read_table(workbook(SHEET, sheet)) == [["#N/D"]]
    assert heard == []
