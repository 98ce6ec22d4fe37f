# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page's HTML must be, as far as a parser can tell."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as MESSAGES

CONTROLS = ("input", "select", "textarea")
UNLABELLED = ("hidden", "submit", "button", "reset", "image")
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "for", "headers")


def findings(html: str, fragment: bool = False) -> list[str]:
    """Everything that is wrong with the page (or the fragment of one)."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    if fragment:
        root = parser.parseFragment(html, scripting=True)
    else:
        root = parser.parse(html, scripting=True)
    errors = [
        f"line {line}: {MESSAGES.get(code, code) % values}"
        for (line, _column), code, values in parser.errors
        if not (fragment and code == "expected-doctype-but-got-start-tag")
    ]
    rules = FRAGMENT_RULES if fragment else PAGE_RULES
    return errors + [line for rule in rules for line in rule(root)]


def every(root: Element, *names: str) -> Iterator[Element]:
    return (one for one in root.iter() if isinstance(one.tag, str) and one.tag in names)


def elements(root: Element) -> Iterator[Element]:
    return (one for one in root.iter() if isinstance(one.tag, str))


def words(element: Element) -> str:
    """The text of the element as it is read out: alternative texts count, hidden parts do not."""
    if element.get("aria-hidden") == "true":
        return ""
    parts = [element.text or "", element.get("alt") or "" if element.tag == "img" else ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(words(child))
        parts.append(child.tail or "")
    return " ".join(" ".join(parts).split())


def shown(element: Element) -> str:
    attributes = " ".join(f'{name}="{value}"' for name, value in list(element.attrib.items())[:4])
    return f"<{element.tag} {attributes}>".replace(" >", ">")


# --- rules -------------------------------------------------------------------


def document(root: Element) -> list[str]:
    """Language, title, one h1, one main."""
    found = [] if re.fullmatch("[a-z]{2}", root.get("lang") or "") else ["no lang"]
    title = next(every(root, "title"), None)
    if title is None or not words(title).strip(" –"):
        found.append("no title")
    elif words(title).startswith("–"):
        found.append(f"title without its first part: {words(title)}")
    for name in ("h1", "main"):
        number = len(list(every(root, name)))
        if number != 1:
            found.append(f"{number} {name}")
    return found + [
        f"empty {shown(h)}" for h in every(root, "h1", "h2", "h3", "h4") if not words(h)
    ]


def heading_order(root: Element) -> list[str]:
    """No level of headings is jumped over."""
    levels = [int(h.tag[1]) for h in every(root, "h1", "h2", "h3", "h4", "h5", "h6")]
    jumps = pairwise(levels)
    return [f"h{now} after h{before}" for before, now in jumps if now > before + 1]


def unique_ids(root: Element) -> list[str]:
    ids = Counter(one.get("id") for one in elements(root) if one.get("id") is not None)
    return [f"id {name!r} {number} times" for name, number in ids.items() if number > 1 or not name]


def references(root: Element) -> list[str]:
    """What points to an id points to one that is there."""
    ids = {one.get("id") for one in elements(root)}
    found = []
    for one in elements(root):
        for attribute in REFERENCES:
            for target in (one.get(attribute) or "").split():
                if target not in ids:
                    found.append(f"{shown(one)}: {attribute} {target!r} is not there")
        href = one.get("href") or ""
        if one.tag == "a" and href.startswith("#") and href[1:] not in ids:
            found.append(f"{shown(one)}: {href} is not there")
    return found


def named_controls(root: Element) -> list[str]:
    """Every field has a label, every button and link a name."""
    labels = {label.get("for") for label in every(root, "label") if words(label)}
    inside = {id(one) for label in every(root, "label") if words(label) for one in label.iter()}
    found = []
    for one in every(root, *CONTROLS):
        if one.get("type") in UNLABELLED:
            continue
        named = one.get("aria-label") or one.get("aria-labelledby")
        if not (named or one.get("id") in labels or id(one) in inside):
            found.append(f"no label: {shown(one)}")
    for one in every(root, "button", "a", "summary"):
        if not (words(one) or one.get("aria-label") or one.get("aria-labelledby")):
            found.append(f"no name: {shown(one)}")
    return found


def links(root: Element) -> list[str]:
    """Every link goes somewhere."""
    return [f"no href: {shown(one)}" for one in every(root, "a") if not one.get("href")]


def images(root: Element) -> list[str]:
    found = [f"no alt: {shown(one)}" for one in every(root, "img") if one.get("alt") is None]
    for one in elements(root):
        if one.tag.endswith("svg") and one.get("aria-hidden") != "true":
            found.append(f"svg neither hidden nor named: {shown(one)}")
        if one.get("role") == "img" and not (one.get("aria-label") or one.get("aria-labelledby")):
            found.append(f"no name: {shown(one)}")
    return found


def tables(root: Element) -> list[str]:
    """Header cells say what they head; a table has at least one, and a name."""
    found = [
        f"no scope: {shown(one)} {words(one)}"
        for one in every(root, "th")
        if one.get("scope") not in ("col", "row", "colgroup", "rowgroup")
    ]
    for table in every(root, "table"):
        if not list(every(table, "th")):
            found.append(f"no header cell: {shown(table)}")
    return found


def nothing_inline(root: Element) -> list[str]:
    """What the content security policy would block."""
    found = []
    for one in elements(root):
        if one.tag == "style" or one.get("style") is not None:
            found.append(f"inline style: {shown(one)}")
        if one.tag == "script" and not one.get("src") and one.get("type") != "application/json":
            found.append(f"inline script: {shown(one)}")
        for name, value in one.attrib.items():
            if str(name).startswith("on") or str(value).strip().lower().startswith("javascript:"):
                found.append(f"inline script: {shown(one)}")
    return found


def own_files(root: Element) -> list[str]:
    """No script, style, image or frame from elsewhere."""
    loading = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}
    return [
        f"from elsewhere: {shown(one)}"
        for one in elements(root)
        if one.tag in loading and re.match(r"(https?:)?//", one.get(loading[one.tag]) or "")
    ]


def forms(root: Element) -> list[str]:
    """Every form that is posted carries its token; every button in it says what it does."""
    found = []
    for form in every(root, "form"):
        names = [one.get("name") for one in every(form, "input")]
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in names:
            found.append(f"no token: {shown(form)}")
        found += [f"no type: {shown(b)}" for b in every(form, "button") if not b.get("type")]
    return found


def no_traces(root: Element) -> list[str]:
    """Nothing of the program shows through: None, object addresses, unfilled places."""
    text = words(root)
    pattern = (
        r"\bNone\b|<[\w.]+ object|object at 0x|%\(\w+\)[sd]|\{\{|\}\}|\bUndefined\b|LazyString"
    )
    return [
        f"trace: …{text[max(0, m.start() - 30) : m.end() + 30]}…"
        for m in re.finditer(pattern, text)
    ]


Rule = Callable[[Any], list[str]]
FRAGMENT_RULES: tuple[Rule, ...] = (
    unique_ids,
    named_controls,
    links,
    images,
    tables,
    nothing_inline,
    own_files,
    forms,
    no_traces,
)
PAGE_RULES: tuple[Rule, ...] = (document, heading_order, references, *FRAGMENT_RULES)
