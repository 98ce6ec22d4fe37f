# SPDX-License-Identifier: AGPL-3.0-or-later
"""The structure tree of a tagged PDF (ISO 32000-1, 14.7): what a screen reader reads."""

from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase import pdfdoc


@dataclass
class Element:
    """A node of the tree: others below it, marked content on its page, or a link."""

    kind: str
    alt: str = ""
    page: int = 0
    children: list["Element"] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    link: int | None = None
    reference: str = ""


class _Written(pdfdoc.PDFObject):  # type: ignore[misc]
    """An object written by hand: formatting dictionaries one by one took a quarter of the time."""

    __RefOnly__ = 1

    def __init__(self, document: Any) -> None:
        self.text = ""
        self.reference = _number(document, document.Reference(self))

    def format(self, document: Any) -> bytes:
        return self.text.encode("latin-1")


def _literal(text: str, document: Any) -> str:
    return str(pdfdoc.PDFString(text).format(document), "latin-1")


def _number(document: Any, reference: Any) -> str:
    return str(reference.format(document), "ascii")


class Structure:
    """Grows with the pages and is written once, at the end."""

    def __init__(self) -> None:
        self._root = Element("Document")
        self._open = [self._root]
        self._pages: list[list[Element]] = [[]]
        self._links: list[tuple[Element, Any]] = []
        self._sheets: list[str] = []  # references to the pages

    def begin(self, kind: str, alt: str = "") -> Element:
        """An element below the one that is open now; open until ``end``."""
        element = Element(kind, alt, page=len(self._pages) - 1)
        self._open[-1].children.append(element)
        self._open.append(element)
        return element

    def end(self) -> None:
        """Close the element opened last."""
        self._open.pop()

    def mark(self, element: Element) -> int:
        """The number of a new piece of marked content on this page."""
        self._pages[-1].append(element)
        element.marks.append(len(self._pages[-1]) - 1)
        return element.marks[-1]

    def link(self, element: Element, annotation: Any) -> int:
        """Bind an annotation to its element; returns the number it is known by."""
        element.link = len(self._links)
        self._links.append((element, annotation))
        return element.link

    def close_page(self) -> None:
        """What follows belongs to the next page."""
        self._pages.append([])

    def install(self, document: Any) -> None:
        """Write the tree into ReportLab's document, whose pages are complete."""
        self._pages.pop()
        self._sheets = [
            _number(document, document.Reference(page)) for page in document.Pages.pages
        ]
        root = _Written(document)
        top = self._write(document, self._root, root.reference)
        for key, (_, annotation) in enumerate(self._links, start=len(self._pages)):
            annotation["StructParent"] = key
        parents = _Written(document)
        parents.text = f"<</Nums [{self._parents()}]>>"
        keys = len(self._pages) + len(self._links)
        root.text = (
            f"<</Type /StructTreeRoot /K [{top}] /ParentTree {parents.reference} "
            f"/ParentTreeNextKey {keys}>>"
        )
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})

    def _write(self, document: Any, element: Element, parent: str) -> str:
        written = _Written(document)
        element.reference = written.reference
        kids = [str(mark) for mark in element.marks]
        if element.link is not None:
            annotation = _number(document, document.refAnnotation(f"link{element.link}"))
            kids.append(f"<</Type /OBJR /Obj {annotation}>>")
        kids += [self._write(document, child, element.reference) for child in element.children]
        alt = f" /Alt {_literal(element.alt, document)}" if element.alt else ""
        scope = " /A <</O /Table /Scope /Column>>" if element.kind == "TH" else ""
        on = f" /Pg {self._sheets[element.page]}" if element.marks else ""
        written.text = f"<</Type /StructElem /S /{element.kind} /P {parent}{alt}{scope}{on} /K [{' '.join(kids)}]>>"
        return element.reference

    def _parents(self) -> str:
        """From a page's marks, or a link's number, back to the elements."""
        pages = [
            f"{key} [{' '.join(owner.reference for owner in owners)}]"
            for key, owners in enumerate(self._pages)
        ]
        links = [
            f"{key} {element.reference}"
            for key, (element, _) in enumerate(self._links, start=len(self._pages))
        ]
        return " ".join(pages + links)
