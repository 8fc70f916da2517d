"""Masking of secrets in text: every form a secret may take in a log becomes `***`.

Source: agent `SecretMasker` and `ValueEncoders`, described in `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

MASK = "***"
_USER_INFO = re.compile(r"(?<=//)[^\s/?#:@]*:([^\s/?#@]+)(?=@)")


def secret_forms(secret: str) -> frozenset[str]:
    """The secret as it may be printed: as is, trimmed, quoted off, escaped as a command, URL, JSON, shell or base64."""
    plain = {secret, secret.strip(), secret.strip("\"'"), secret.strip().strip("\"'")}
    forms = set(plain)
    for text in plain:
        for encode in _ENCODERS:
            forms.add(encode(text))
    # A secret over several lines is printed line by line.
    forms.update(line for line in secret.splitlines() if line.strip())
    return frozenset(form for form in forms if form.strip())


def _command(text: str) -> str:
    for plain, escaped in (("%", "%AZP25"), (";", "%3B"), ("\r", "%0D"), ("\n", "%0A"), ("]", "%5D")):
        text = text.replace(plain, escaped)
    return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_ENCODERS: tuple[Callable[[str], str], ...] = (
    _command,
    lambda text: text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"),
    lambda text: quote(text, safe=""),
    lambda text: quote(text),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: text.replace("\\", "\\\\"),
    _base64,
)


class Masker:
    """Hides a growing set of secrets; feed it before the text that may hold them.

    `shortest`: secrets below this length are left alone (`AZP_IGNORE_SECRETS_SHORTER_THAN`, at most 6).
    """

    def __init__(self, secrets: Iterable[str] = (), *, shortest: int = 0) -> None:
        self._shortest = min(shortest, 6)
        self._forms: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Masks `secret` from now on."""
        if len(secret) >= self._shortest:
            self._forms |= secret_forms(secret)

    def mask(self, text: str) -> str:
        """`text` with every secret hidden; what overlaps or touches becomes one mask. Passwords in URLs go too."""
        spans = [(match.start(1), match.end(1)) for match in _USER_INFO.finditer(text)]
        for form in self._forms:
            start = text.find(form)
            while start >= 0:
                spans.append((start, start + len(form)))
                start = text.find(form, start + 1)
        return _hidden(text, spans)


def mask(text: str, secrets: Iterable[str]) -> str:
    """`text` with every one of `secrets` hidden."""
    return Masker(secrets).mask(text)


def _hidden(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    pieces: list[str] = []
    at = 0
    for start, end in merged:
        pieces.append(text[at:start] + MASK)
        at = end
    return "".join(pieces) + text[at:]
