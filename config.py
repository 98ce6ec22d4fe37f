# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every setting, its unit, and the environment variable that changes it."""

import os
from pathlib import Path

ROOT = Path(__file__).parent
INSTANCE = Path(os.environ.get("FORPA_INSTANCE", ROOT / "instance"))


def whole(name: str, default: int) -> int:
    """A whole number from the environment; one line instead of a traceback when it is none."""
    text = os.environ.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name}={text}: serve un numero intero.") from None


class Config:
    """Real work. ``./run serve``."""

    NAME = "production"

    # Where the data live: DATABASE_URL, by default a file in instance/.
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE / 'forpa.db'}")

    # Signs cookies and form tokens. SECRET_KEY, or made once in instance/secret_key.
    SECRET_KEY = os.environ.get("SECRET_KEY")
    SECRET_KEY_FILE = INSTANCE / "secret_key"

    # Seals the entries of the audit trail, kept outside the database: whoever rewrites the
    # database cannot make the seals anew. CHAIN_KEY, or made once in instance/chain_key.
    CHAIN_KEY = os.environ.get("CHAIN_KEY")
    CHAIN_KEY_FILE = INSTANCE / "chain_key"

    # How far the trail had come, noted outside the database; a copy elsewhere is better still.
    HEADS_FILE = INSTANCE / "heads.log"

    # The address people and QR codes use. BASE_URL; https switches Secure cookies and HSTS on.
    HOST = os.environ.get("HOST", "127.0.0.1")
    PORT = whole("PORT", 8000)
    BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")

    # Reverse proxies in front of the application (number of hops): PROXY_HOPS.
    PROXY_HOPS = whole("PROXY_HOPS", 0)

    # Seconds added to the machine's clock; only the demonstration uses it: CLOCK_OFFSET.
    CLOCK_OFFSET = whole("CLOCK_OFFSET", 0)

    # How messages leave: file:FOLDER, smtp://, smtp+starttls:// or smtps:// followed by
    # [user:password@]host[:port]. MAIL_URL, by default files in instance/mail. And whom from.
    MAIL_URL = os.environ.get("MAIL_URL", f"file:{INSTANCE / 'mail'}")
    MAIL_FROM = os.environ.get("MAIL_FROM", "forpa@forpa.example")

    # The electronic seal of certificates; without a key they are issued unsealed. Either a file,
    # PKCS #12 or PEM: SEAL_KEY_FILE, with SEAL_CERT_FILE where the certificate stands elsewhere;
    # or a device: SEAL_PKCS11=/path/module.so?token=LABEL&key=LABEL. Passphrase or PIN:
    # SEAL_PASSPHRASE. Time stamps (RFC 3161) by the service at SEAL_TSA_URL.
    SEAL_KEY_FILE = os.environ.get("SEAL_KEY_FILE")
    SEAL_CERT_FILE = os.environ.get("SEAL_CERT_FILE")
    SEAL_PKCS11 = os.environ.get("SEAL_PKCS11")
    SEAL_PASSPHRASE = os.environ.get("SEAL_PASSPHRASE")
    SEAL_TSA_URL = os.environ.get("SEAL_TSA_URL")

    # Where to make, once, a seal without legal value; only the demonstration has one.
    SEAL_DEMO_FILE: Path | None = None

    # Signs Open Badges (RSA, PEM); made once. Lost, badges given out can no longer be compared
    # with a published key: keep a copy.
    BADGE_KEY_FILE: Path | None = INSTANCE / "badge_key"

    # Whether the server starts its own worker: WORKER, 1 or 0. The worker's queue on SQLite.
    WORKER = whole("WORKER", 1)
    JOBS_FILE = INSTANCE / "jobs.db"

    # A login session ends after so many minutes without a request, and after so many hours.
    SESSION_IDLE_MINUTES = 30
    SESSION_ABSOLUTE_HOURS = 12

    # Cost of a password's hash, in Werkzeug's notation.
    PASSWORD_METHOD = "scrypt:32768:8:1"  # noqa: S105 - a method, not a password

    # Bytes of a request's body, and of one field of it. Longer ones answer 413.
    MAX_CONTENT_LENGTH = 1_000_000
    MAX_FORM_MEMORY_SIZE = 500_000
    MAX_FORM_PARTS = 1_000

    # Bytes of the body of a request that brings a file, to the routes that take files.
    MAX_UPLOAD_LENGTH = 10_500_000

    # Rows of a list on one page.
    PAGE_SIZE = 25

    # Form tokens last as long as the login session: a register may stay open for hours.
    WTF_CSRF_TIME_LIMIT = None
    WTF_CSRF_SSL_STRICT = True

    BABEL_DEFAULT_LOCALE = "it"
    BABEL_DEFAULT_TIMEZONE = "Europe/Rome"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "app" / "translations")

    # Who answers for this installation: shown in header, notices and footer.
    OWNER_NAME = os.environ.get("OWNER_NAME", "Comune di Perugia")
    CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "accessibilita@forpa.example")
    SOURCE_URL = os.environ.get("SOURCE_URL", "https://forpa.example/codice")

    # Seconds a static file may be kept; its address changes with its content.
    STATIC_MAX_AGE = 31_536_000

    COMPRESS_MIN_SIZE = 500  # bytes
    COMPRESS_ALGORITHM = ["br", "gzip"]


class DemoConfig(Config):
    """The FOR PA programme as it stood on 14 May 2015. ``./run demo``."""

    NAME = "demo"
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE / 'demo.db'}")
    SECRET_KEY_FILE = INSTANCE / "demo_secret_key"
    CHAIN_KEY_FILE = INSTANCE / "demo_chain_key"
    HEADS_FILE = INSTANCE / "demo_heads.log"
    JOBS_FILE = INSTANCE / "demo_jobs.db"
    SEAL_DEMO_FILE = INSTANCE / "demo_seal.pem"
    BADGE_KEY_FILE = INSTANCE / "demo_badge_key"

    # The one password is printed at every start: a costly hash would protect nothing.
    PASSWORD_METHOD = "scrypt:4096:8:1"  # noqa: S105 - a method, not a password


class TestConfig(Config):
    """The tests. CSRF stays on; only the password hash is cheap."""

    NAME = "test"
    TESTING = True
    SECRET_KEY = "tests-only-" + "x" * 32
    CHAIN_KEY = "tests-only-" + "y" * 32
    HEADS_FILE = Path(os.devnull)
    BASE_URL = "http://localhost"
    CLOCK_OFFSET = 0
    WORKER = 0
    BADGE_KEY_FILE = None  # a key for this process only
    SEAL_KEY_FILE = SEAL_CERT_FILE = SEAL_PKCS11 = SEAL_PASSPHRASE = SEAL_TSA_URL = None
    PASSWORD_METHOD = "pbkdf2:sha256:1"  # noqa: S105
    SERVER_NAME = None


BY_NAME: dict[str, type[Config]] = {
    "production": Config,
    "demo": DemoConfig,
    "test": TestConfig,
}


def from_environment() -> type[Config]:
    """The configuration named by FORPA_CONFIG (production, demo, test)."""
    name = os.environ.get("FORPA_CONFIG", "production")
    if name not in BY_NAME:
        raise SystemExit(f"FORPA_CONFIG={name}: scegliere tra {', '.join(BY_NAME)}.")
    return BY_NAME[name]
