"""A model card as a PDF: headings, fields and lists, page after page; the same card is the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

_INDENT_POINTS, _GAP_POINTS = 14, 8


def pdf(title: str, content: Any) -> bytes:
    """The document's bytes; characters outside Latin-1, which the standard fonts lack, are question marks."""
    target = BytesIO()
    styles = getSampleStyleSheet()
    document = SimpleDocTemplate(target, pagesize=A4, title=title, invariant=1, pageCompression=0)
    told = [Paragraph(_marked(text), _style(styles, kind, depth)) if text else Spacer(1, _GAP_POINTS)
            for kind, depth, text in _told(content, 0)]  # fmt: skip
    story: list[Flowable] = [Paragraph(_marked(title), styles["Title"]), *told]
    document.build(story)
    return target.getvalue()


def _told(value: Any, depth: int) -> Iterator[tuple[str, int, str]]:
    """What each paragraph is, how deep it lies, and its text, which is empty for a gap."""
    if isinstance(value, dict):
        for name, inner in value.items():
            words = str(name).replace("_", " ")
            if isinstance(inner, (dict, list)):
                yield "heading", depth, words
                yield from _told(inner, depth + 1)
            elif inner is not None:
                yield "field", depth, f"{words}: {inner}"
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, (dict, list)):
                yield from _told(inner, depth)
                yield "gap", depth, ""
            else:
                yield "field", depth, f"- {inner}"


def _marked(text: str) -> str:
    return escape(text.encode("latin-1", "replace").decode("latin-1"))


def _style(styles: Any, kind: str, depth: int) -> ParagraphStyle:
    parent = styles["Normal" if kind == "field" else f"Heading{min(2 + depth, 6)}"]
    return ParagraphStyle(f"{kind}{depth}", parent=parent, leftIndent=depth * _INDENT_POINTS)
