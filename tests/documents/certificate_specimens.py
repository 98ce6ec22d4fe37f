# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates of every kind, and the contents that put their layout to the test."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from app.documents.certificate_content import CertificateContent, Logo
from tests.documents.funding import PUBLICITY

CERTIFICATE = CertificateContent(
    kind_title="ATTESTATO DI FREQUENZA",
    number_text="12/2015",
    given_name="Lucia",
    family_name="Fontebella",
    birth_place="Perugia (PG)",
    birth_date=date(1978, 3, 12),
    tax_code="FNTLCU78C52G478B",
    home_body="Comune di Gubbio",
    course_title="Comunicazione interculturale al front office",
    course_code="C02",
    edition_code="C02-01",
    programme_acronym="FOR PA",
    programme_title="Formazione per le pubbliche amministrazioni",
    programme_code="PROG 105920",
    counted_minutes=750,
    planned_minutes=960,
    share_percent=78,
    first_day=date(2014, 11, 11),
    last_day=date(2014, 11, 25),
    venues=("Anci Umbria, Via Alessi 1, Perugia",),
    mode_label="in presenza",
    delivering_body="Aris Formazione",
    issuing_body="Comune di Perugia",
    issue_place="Perugia",
    issue_date=date(2015, 5, 14),
    signatory_name="Nome di esempio",
    signatory_quality="Il Segretario Generale",
    verification_url="https://forpa.example.it/verifica/7QK2-M9TD-4XWB-H3RF-8ZPC-6VNA",
    verification_code="7QK2-M9TD-4XWB-H3RF-8ZPC-6VNA",
    art40_notice=True,
    stamp_duty_note="Imposta di bollo: nota dell'ente.",
    credits_line="Crediti formativi: 12, di cui 4 deontologici",
    publicity=PUBLICITY,
    template_version=1,
)

FULL = replace(
    CERTIFICATE,
    given_name="Maria Francesca Alessandra Guglielmina",
    family_name="Castelvento Pietrachiara della Roccalta Montelieve",
    home_body="Comune di Città della Pieve – Settore servizi sociali, culturali e sportivi",
    course_title="Servizi sociali e utenza straniera: accesso, presa in carico, lavoro di rete, "
    "mediazione linguistico-culturale e collaborazione interistituzionale fra gli enti locali "
    "dell'Umbria e il terzo settore",
    venues=(
        "Anci Umbria, Via Alessi 1, Perugia",
        "Palazzo dei Priori, Sala della Vaccara, Perugia",
        "Provincia di Perugia, Piazza Italia 11, Perugia",
        "Comune di Città di Castello, sala formazione",
    ),
    mode_label="mista (in presenza e a distanza)",
    delivering_body="Provincia di Perugia – Servizio politiche del lavoro",
    stamp_duty_note="Imposta di bollo assolta in modo virtuale ove dovuta – "
    "autorizzazione dell'Agenzia delle Entrate n. 12345 del 1º gennaio 2014.",
)
BARE = replace(
    CERTIFICATE,
    kind="participation",
    kind_title="ATTESTATO DI PARTECIPAZIONE",
    deed_text="ha partecipato al workshop",
    given_name="Ada",
    family_name="Fo",
    tax_code=None,
    last_day=CERTIFICATE.first_day,
    art40_notice=False,
    stamp_duty_note="",
    credits_line=None,
)


def logo_file(width: int, height: int, colour: str, kind: str = "PNG") -> bytes:
    """A picture as the uploads keep them: opaque, upright, pixels only."""
    picture = Image.new("RGB", (width, height), "white")
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((2, 2, width - 3, height - 3), outline=colour, width=6)
    drawing.ellipse((width // 5, height // 5, width * 4 // 5, height * 4 // 5), fill=colour)
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


_FILES = [
    ("Comune di Perugia", logo_file(300, 400, "#8a1c1c")),
    ("Anci Umbria", logo_file(900, 220, "#116633")),
    ("Provincia di Perugia", logo_file(400, 400, "#333399", "JPEG")),
    ("Aris Formazione", logo_file(1_200, 100, "#222222")),
]
IMAGES = {sha256(content).hexdigest(): content for _, content in _FILES}
LOGOS = tuple(Logo(sha256(content).hexdigest(), name) for name, content in _FILES)

PARTICIPATION = BARE
WITH_ASSESSMENT = replace(
    FULL,
    kind="with_assessment",
    kind_title="ATTESTATO DI FREQUENZA CON PROFITTO",
    deed_text="ha frequentato con profitto il corso",
    assessment_line="Prova finale superata",
    second_signatory_name="Altro nome di esempio",
    second_signatory_quality="La Responsabile del progetto FOR PA",
    note="Convenzione di sovvenzione fra l'Autorità responsabile e il beneficiario; nota libera "
    "che il programma può usare per dire quello che serve a chi legge l'attestato, fino a "
    "trecento caratteri in tutto, che vanno a capo senza toccare ciò che sta sopra e sotto, "
    "anche quando le parole sono molte.",
    seal_note="Documento munito di sigillo elettronico dimostrativo, senza valore legale",
    logos=LOGOS,
)
TEACHING = replace(
    CERTIFICATE,
    kind="teaching",
    kind_title="ATTESTATO DI DOCENZA",
    deed_text="ha svolto attività di docenza nel corso",
    hours_label="Ore di docenza",
    home_body="Aris Formazione",
    planned_minutes=750,
    share_percent=100,
    credits_line=None,
    logos=LOGOS[:1],
)
TUTORING = replace(
    TEACHING,
    kind_title="ATTESTATO DI TUTORAGGIO",
    deed_text="ha svolto attività di tutoraggio d'aula nel corso",
    hours_label="Ore di tutoraggio",
    logos=LOGOS[1:3],
)
DECLARATION_OF_HOURS = replace(
    CERTIFICATE,
    kind="declaration",
    kind_title="DICHIARAZIONE DELLE ORE FREQUENTATE",
    number_text="",
    credits_line=None,
    stamp_duty_note="",
    art40_notice=False,
    logos=LOGOS[:1],
)
DECLARATION_OF_PRESENCE = replace(
    DECLARATION_OF_HOURS,
    kind_title="DICHIARAZIONE DI PRESENZA",
    presence_lines=("martedì 25 novembre 2014, dalle 9:00 alle 13:00",),
    logos=LOGOS,
    second_signatory_name="Altro nome di esempio",
    second_signatory_quality="Il Presidente",
    seal_note="Documento munito di sigillo elettronico dimostrativo, senza valore legale",
)
