# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: every template compiles, is used, and uses what it imports.

A macro nobody calls is taken away; a name that no macro has is found here and
not by a visitor.
"""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, nodes

from app import create_app
from config import TestConfig

# A template named in a view, perhaps with a part filled in.
DRAWN = r'"([a-z_]+\.txt)"'
NAMED = r'"([a-z_]+/[a-z_{}]+\.html)"'


def sources(environment: Environment) -> dict[str, str]:
    """Every template and its text."""
    return {
        name: environment.loader.get_source(environment, name)[0]
        for name in environment.list_templates(extensions=["html", "txt", "xml"])
    }


def not_compiling(environment: Environment) -> list[str]:
    found = []
    for name, source in sources(environment).items():
        try:
            environment.compile(source, name)
        except Exception as error:
            found.append(f"{name}: {error}")
    return found


def _imports(tree: nodes.Template) -> dict[str, str]:
    """Name used in the template -> template imported under it."""
    return {
        node.target: node.template.value
        for node in tree.find_all(nodes.Import)
        if isinstance(node.template, nodes.Const)
    }


def _macros(tree: nodes.Template) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Macro)}


def _called(tree: nodes.Template) -> set[tuple[str, str]]:
    """Attributes asked of imported names: (name, macro)."""
    return {
        (node.node.name, node.attr)
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    }


def _named(tree: nodes.Template) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}


def wrong_macros(environment: Environment) -> list[str]:
    """Imports that are not used, macros that do not exist, macros nobody calls."""
    trees = {name: environment.parse(text) for name, text in sources(environment).items()}
    macros = {name: _macros(tree) for name, tree in trees.items()}
    used: set[tuple[str, str]] = set()
    found = []
    for name, tree in trees.items():
        imported, called = _imports(tree), _called(tree)
        used |= {(name, own) for own in macros[name] & _named(tree)}
        for alias, target in imported.items():
            asked = {macro for owner, macro in called if owner == alias}
            used |= {(target, macro) for macro in asked}
            if not asked:
                found.append(f"{name}: {alias} imported and not used")
            found += [
                f"{name}: {target} has no macro {macro}"
                for macro in sorted(asked - macros.get(target, set()))
            ]
    for name, own in macros.items():
        found += [
            f"{name}: nobody calls {macro}" for macro in sorted(own) if (name, macro) not in used
        ]
    return found


def unused_templates(environment: Environment, code: str) -> list[str]:
    """Templates that no view renders and no other template names."""
    texts = sources(environment)
    named = [*re.findall(NAMED, code), *(f"mail/{name}" for name in re.findall(DRAWN, code))]
    patterns = [re.sub(r"\{\w+\}", "[a-z_]+", name) for name in named]
    rendered = {name for name in texts if any(re.fullmatch(p, name) for p in patterns)}
    return [
        name
        for name in texts
        if name not in rendered
        and not any(f'"{name}"' in text for other, text in texts.items() if other != name)
    ]


def missing_templates(environment: Environment, code: str) -> list[str]:
    """Templates that a view names and that are not there."""
    named = set(re.findall(r'"([a-z_]+/[a-z_]+\.html)"', code))
    return sorted(named - set(environment.list_templates()))


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Environment:
    url = f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.db'}"
    return create_app(type("Config", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url})).jinja_env


@pytest.fixture(scope="module")
def code(root: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in (root / "app").rglob("*.py"))


def test_every_template_compiles(environment):
    assert not_compiling(environment) == []


def test_every_macro_is_there_and_called(environment):
    assert wrong_macros(environment) == []


def test_every_template_is_used_and_there(environment, code):
    assert unused_templates(environment, code) == []
    assert missing_templates(environment, code) == []


def test_templates_escape_and_trust_nothing(environment, root):
    assert environment.autoescape("page.html")
    trusted = [
        str(path)
        for path in (root / "app" / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
    ]
    assert trusted == []


# --- planted faults ----------------------------------------------------------


def test_faults_are_reported():
    planted = Environment(  # noqa: S701 - nothing is rendered
        loader=DictLoader(
            {
                "a.html": '{% import "m.html" as m %}{{ m.there() }}{{ m.gone() }}',
                "b.html": '{% import "m.html" as m %}{% if %}',
                "c.html": '{% import "m.html" as m %}',
                "m.html": "{% macro there() %}{% endmacro %}{% macro lonely() %}{% endmacro %}",
            }
        )
    )
    assert [line.partition(":")[0] for line in not_compiling(planted)] == ["b.html"]
    planted.loader.mapping.pop("b.html")
    assert wrong_macros(planted) == [
        "a.html: m.html has no macro gone",
        "c.html: m imported and not used",
        "m.html: nobody calls lonely",
    ]
    assert unused_templates(planted, '"x/{kind}.html"') == ["a.html", "c.html"]
    assert missing_templates(planted, '"x/gone.html"') == ["x/gone.html"]
