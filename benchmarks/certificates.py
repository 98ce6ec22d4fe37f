# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many certificates one core draws in a second of its own time.

    .venv/bin/python -m benchmarks.certificates [--rounds 7] [--count 200]

Every certificate is different (name, number, code), as in a real issue; the
first one, which loads the fonts, is drawn before the clock starts.
"""

import argparse
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from statistics import median
from time import process_time

from PIL import Image

from app.documents.certificate import CertificateContent, render_certificate
from app.documents.certificate_content import Logo
from app.documents.publicity import PublicityBlock

GOAL = 250

MODEL = CertificateContent(
    kind_title="ATTESTATO DI FREQUENZA",
    number_text="1/2015",
    given_name="Lucia",
    family_name="Fontebella",
    birth_place="Perugia (PG)",
    birth_date=date(1978, 3, 12),
    tax_code="FNTLCU78C52G478B",
    home_body="Comune di Perugia",
    course_title="Comunicazione interculturale al front office",
    course_code="C02",
    edition_code="C02-01",
    programme_acronym="FOR PA",
    programme_title="Formazione per le pubbliche amministrazioni",
    programme_code="PROG 105920",
    counted_minutes=750,
    planned_minutes=720 + 240,
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
    stamp_duty_note="",
    credits_line=None,
    publicity=PublicityBlock(
        union_line="UNIONE EUROPEA",
        fund_line="Fondo europeo per l'integrazione di cittadini di Paesi terzi 2007-2013",
        ministry_line="MINISTERO DELL'INTERNO",
        statement="Progetto co-finanziato dall'Unione Europea – Fondo europeo per "
        "l'integrazione di cittadini di Paesi terzi 2007-2013 – FOR PA – PROG 105920",
        programme_title="FOR PA – Formazione per le pubbliche amministrazioni",
        programme_code="PROG 105920",
    ),
    template_version=1,
)


def issue(number: int) -> CertificateContent:
    """The model as the certificate with this number."""
    code = f"{number:04d}-M9TD-4XWB-H3RF-8ZPC-6VNA"
    return replace(
        MODEL,
        number_text=f"{number}/2015",
        family_name=f"Fontebella {chr(65 + number % 26)}{chr(97 + number % 23)}",
        verification_code=code,
        verification_url=f"https://forpa.example.it/verifica/{code}",
    )


def with_logos(content: CertificateContent) -> tuple[CertificateContent, dict[str, bytes]]:
    """The same certificate with as many logos as it may have, and their pictures."""
    images = {}
    for shade in ("#8a1c1c", "#116633", "#333399", "#222222"):
        out = BytesIO()
        Image.new("RGB", (400, 300), shade).save(out, "PNG")
        images[sha256(out.getvalue()).hexdigest()] = out.getvalue()
    logos = tuple(Logo(digest, f"Logo {number}") for number, digest in enumerate(images))
    return replace(content, logos=logos), images


def measure(contents: list[CertificateContent], images: dict[str, bytes], rounds: int) -> str:
    """Certificates per second, best and median of the rounds, and the size of the first."""
    size = len(render_certificate(contents[0], images))
    rates = []
    for _ in range(rounds):
        start = process_time()
        for content in contents:
            render_certificate(content, images)
        rates.append(len(contents) / (process_time() - start))
    return f"best {max(rates):.0f}, median {median(rates):.0f} per second; {size} bytes each"


def main() -> None:
    """Print the figures without logos, then with four."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    contents = [issue(number) for number in range(1, options.count + 1)]
    print(f"certificates: {measure(contents, {}, options.rounds)}")
    decorated = [with_logos(content)[0] for content in contents]
    print(f"with four logos: {measure(decorated, with_logos(MODEL)[1], options.rounds)}")
    print(f"goal {GOAL}; {options.rounds} rounds of {options.count}")


if __name__ == "__main__":
    main()
