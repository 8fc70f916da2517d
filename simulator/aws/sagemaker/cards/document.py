"""A model card as a PDF of plain text: headings, fields, lists, page after page. Pure.

Source: ISO 32000-1, 7.5 "File structure", 9.4 "Text objects"; the standard font Helvetica needs no embedding.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

_WIDTH, _LINES, _LEADING, _SIZE = 95, 52, 14, 10
_TOP, _LEFT = 790, 50


def pdf(title: str, content: Any) -> bytes:
    """The document's bytes; characters outside Latin-1 are shown as question marks."""
    lines = [title, "", *_told(content, 0)]
    wrapped = [part for line in lines for part in (_wrapped(line) or [""])]
    pages = [wrapped[start : start + _LINES] for start in range(0, len(wrapped), _LINES)]
    return _file([_page(page) for page in pages])


def _told(value: Any, depth: int) -> Iterator[str]:
    """The lines of a value, each level of it further to the right."""
    indent = "    " * depth
    if isinstance(value, dict):
        for name, inner in value.items():
            words = str(name).replace("_", " ")
            if isinstance(inner, (dict, list)):
                yield f"{indent}{words}"
                yield from _told(inner, depth + 1)
            elif inner is not None:
                yield f"{indent}{words}: {inner}"
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, (dict, list)):
                yield from _told(inner, depth)
                yield ""
            else:
                yield f"{indent}- {inner}"


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, _WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def _page(lines: list[str]) -> bytes:
    """The drawing of one page."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    return f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n{shown}ET".encode("latin-1", "replace")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(drawings: list[bytes]) -> bytes:
    """Objects, the table of their places, and the trailer."""
    count = len(drawings)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, drawing in enumerate(drawings):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {5 + 2 * number} 0 R >>"
        )
        stream = f"<< /Length {len(drawing)} >>\nstream\n".encode() + drawing + b"\nendstream"
        objects += [page.encode(), stream]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()
