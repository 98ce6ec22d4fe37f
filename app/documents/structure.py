# SPDX-License-Identifier: AGPL-3.0-or-later
"""The structure tree of a tagged PDF (ISO 32000-1, 14.7): what a screen reader reads."""

from collections.abc import Iterator
from contextlib import contextmanager
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


class Structure:
    """Grows with the pages and is written once, at the end."""

    def __init__(self) -> None:
        self._root = Element("Document")
        self._open = [self._root]
        self._pages: list[list[Element]] = [[]]
        self._links: list[tuple[Element, Any]] = []

    @contextmanager
    def open(self, kind: str, alt: str = "") -> Iterator[Element]:
        """An element below the one that is open now."""
        element = Element(kind, alt, page=len(self._pages) - 1)
        self._open[-1].children.append(element)
        self._open.append(element)
        yield element
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
        root = pdfdoc.PDFDictionary({"Type": "/StructTreeRoot"})
        below = document.Reference(root)
        references: dict[int, Any] = {}
        top = self._write(document, self._root, below, references)
        root["K"] = pdfdoc.PDFArray([top])
        root["ParentTree"] = document.Reference(self._parents(references))
        root["ParentTreeNextKey"] = len(self._pages) + len(self._links)
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})

    def _write(self, document: Any, element: Element, parent: Any, seen: dict[int, Any]) -> Any:
        entries = {"Type": "/StructElem", "S": f"/{element.kind}", "P": parent}
        if element.alt:
            entries["Alt"] = pdfdoc.PDFString(element.alt)
        dictionary = pdfdoc.PDFDictionary(entries)
        reference = seen[id(element)] = document.Reference(dictionary)
        kids: list[Any] = list(element.marks)
        if element.marks:
            dictionary["Pg"] = document.Reference(document.Pages.pages[element.page])
        if element.link is not None:
            target = document.refAnnotation(f"link{element.link}")
            kids.append(pdfdoc.PDFDictionary({"Type": "/OBJR", "Obj": target}))
        kids.extend(self._write(document, child, reference, seen) for child in element.children)
        dictionary["K"] = pdfdoc.PDFArray(kids)
        return reference

    def _parents(self, references: dict[int, Any]) -> Any:
        """From a page's marks, or a link's number, back to the elements."""
        numbers: list[Any] = []
        for key, owners in enumerate(self._pages):
            numbers += [key, pdfdoc.PDFArray([references[id(owner)] for owner in owners])]
        for key, (owner, annotation) in enumerate(self._links, start=len(self._pages)):
            annotation["StructParent"] = key
            numbers += [key, references[id(owner)]]
        return pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray(numbers)})
