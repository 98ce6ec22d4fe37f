# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the shape of the source that the architecture promises.

Layers, no import inside a function, relationships that never load by
themselves, one place that asks the time, a licence in every file, routes
that declare their access and their parameters, access.md up to date.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship

from app import create_app
from app.access import declared
from app.extensions import db
from config import TestConfig
from tests.whole_app.policy import OPEN_NUMBERS, PARAMETERS, TEXT_PARAMETERS

LICENCE = "SPDX-License-Identifier: AGPL-3.0-or-later"
LONG = 250
# Functions of datetime that ask the machine what time it is.
TIME = {"now", "utcnow", "today", "time", "time_ns", "fromtimestamp"}
TIME_OWNERS = {"datetime", "date", "time", "dt"}


def nested_imports(source: str) -> list[int]:
    """Lines with an import that is not at the top of its module."""
    tree = ast.parse(source)
    inside = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
        for node in ast.walk(function)
    ]
    return sorted({n.lineno for n in inside if isinstance(n, ast.Import | ast.ImportFrom)})


def asks_the_time(source: str) -> list[int]:
    """Lines that ask the machine for the time instead of ``app.clock``."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in TIME
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in TIME_OWNERS
    ]


def eager(base: type) -> list[str]:
    """Relationships that would ask the database by themselves."""
    configure_mappers()
    return [
        str(relation)
        for mapper in base.registry.mappers
        for relation in mapper.relationships
        if relation.lazy != "raise_on_sql"
    ]


def undeclared(app) -> list[str]:
    """Routes that do not say who may use them."""
    return [r.endpoint for r in app.url_map.iter_rules() if declared(app, r.endpoint) is None]


def odd_addresses(app) -> list[str]:
    """Addresses that are not kebab-case, parameters without type or of unknown meaning."""
    found = []
    for rule in app.url_map.iter_rules():
        words = re.sub(r"<[^>]*>", "", rule.rule)
        if not re.fullmatch(
            r"/|(/|/[a-z]+(-[a-z]+)*(/|\.(pdf|xlsx|zip|csv|json|ics))?|\.(pdf|ics))+", words
        ):
            found.append(f"{rule.rule}: not kebab-case")
        for converter, name in re.findall(r"<(?:([^:<>]+):)?([^<>]+)>", rule.rule):
            text = converter in ("", "path")
            known = name in (TEXT_PARAMETERS if text else PARAMETERS | OPEN_NUMBERS)
            if not known:
                found.append(f"{rule.rule}: {name}")
    return found


def application(**settings):
    return create_app(
        type("Config", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": "sqlite://", **settings})
    )


@pytest.fixture(scope="module")
def application_only():
    return application()


@pytest.fixture(scope="module")
def modules(root) -> dict[str, str]:
    """Every module of the application and its text."""
    return {
        str(path.relative_to(root)): path.read_text("utf-8")
        for path in sorted((root / "app").rglob("*.py"))
    }


def test_modules_import_only_from_below(root):
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603 - our own tool
        [lint, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout)


def test_no_import_inside_a_function(modules):
    found = {name: lines for name, text in modules.items() if (lines := nested_imports(text))}
    assert found == {}


def test_only_the_clock_asks_the_time(modules):
    found = {name: lines for name, text in modules.items() if (lines := asks_the_time(text))}
    assert set(found) <= {"app/clock.py"}


def test_relationships_never_load_by_themselves():
    assert eager(db.Model) == []


@pytest.mark.parametrize("pattern", ["app/**/*.py", "tests/**/*.py", "migrations/**/*.py", "*.py"])
def test_every_file_names_its_licence(root, pattern):
    without = [
        str(path.relative_to(root))
        for path in root.glob(pattern)
        if (text := path.read_text("utf-8")) and LICENCE not in text.partition("\n\n")[0]
    ]
    assert without == []


def test_own_scripts_and_styles_name_their_licence(root):
    files = [p for kind in ("js", "css") for p in (root / "app/static" / kind).glob(f"*.{kind}")]
    assert files
    assert [p.name for p in files if LICENCE not in p.read_text("utf-8")[:300]] == []


def test_every_route_declares_who_may_use_it(application_only):
    assert undeclared(application_only) == []


def test_addresses_are_kebab_case_and_typed(application_only):
    assert odd_addresses(application_only) == []


def test_the_table_of_access_is_up_to_date(application_only):
    done = application_only.test_cli_runner().invoke(args=["access-table", "--check"])
    assert done.exit_code == 0, done.output


def test_long_files_are_named(modules, record_property):
    """No limit, but whoever looks sees which files ask to be divided."""
    long = {name: n for name, text in modules.items() if (n := text.count("\n")) > LONG}
    record_property("long_files", str(long))
    assert all(number < 2 * LONG for number in long.values()), long


# --- planted faults ----------------------------------------------------------


def test_a_planted_import_is_found():
    assert nested_imports("import os\ndef f():\n    import sys\n    return sys\n") == [3]


@pytest.mark.parametrize(
    "line", ["datetime.now()", "datetime.utcnow()", "date.today()", "time.time()", "dt.now(UTC)"]
)
def test_a_planted_clock_is_found(line):
    assert asks_the_time(f"x = {line}") == [1]
    assert asks_the_time("x = clock.now()") == []


def test_a_planted_relationship_is_found():
    class Planted(DeclarativeBase):
        pass

    class Left(Planted):
        __tablename__ = "left"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(db.ForeignKey("left.id"))
        parent = relationship("Left", remote_side="Left.id")

    assert eager(Planted) == ["Left.parent"]


def test_a_planted_route_is_found():
    app = application()
    app.add_url_rule("/Bad_Path/<thing>", "planted", lambda thing: thing)
    assert undeclared(app) == ["planted"]
    assert odd_addresses(app) == ["/Bad_Path/<thing>: not kebab-case", "/Bad_Path/<thing>: thing"]


def test_a_table_of_access_that_is_old_is_refused():
    app = application()
    app.add_url_rule("/planted", "planted", lambda: "")
    done = app.test_cli_runner().invoke(args=["access-table", "--check"])
    assert done.exit_code == 1


def test_a_day_is_read_by_one_field():
    """Every form reads days with ``app.fields.Day``, which says in Italian what is none."""
    sources = {path: path.read_text() for path in Path("app").rglob("*.py")}
    naming = [str(path) for path, source in sources.items() if re.search(r"\bDateField\b", source)]
    assert naming == ["app/fields.py"]
