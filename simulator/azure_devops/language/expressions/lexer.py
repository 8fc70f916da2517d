"""Expression text -> tokens.

Source: the expression library of the service as published in actions/runner (2019, MIT), `LexicalAnalyzer`; texts as in
`shared/reference/azure-devops.md` 4.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from simulator.azure_devops.language.expressions.numbers import decimal_of, version_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\s()\[\],.]*")
_NUMBER_WORD = re.compile(r"[^\s()\[\],]*")
_STRING = re.compile(r"'(?:[^']|'')*'(?!')")
_PUNCTUATION = "()[],*"
_BEFORE_A_VALUE = ("(", "[", ",")


class Sort(Enum):
    """What a token is. WORD is what could be no name; UNKNOWN is no token at all (an open string, a bad number)."""

    NUMBER = "number"
    VERSION = "version"
    STRING = "string"
    NAME = "name"
    WORD = "word"
    PUNCTUATION = "punctuation"
    UNKNOWN = "unknown"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `position` counts from 1, `raw` is its text as written, `value` what it stands for."""

    sort: Sort
    raw: str
    position: int
    value: str | Decimal | tuple[int, ...] = ""

    @property
    def end(self) -> int:
        """Offset (from 0) of the first character after the token."""
        return self.position - 1 + len(self.raw)


def tokenize(text: str) -> list[Token]:
    """All tokens of `text`, closed by one of sort END."""
    tokens: list[Token] = []
    index = 0
    while True:
        found = _SPACE.match(text, index)
        index = found.end() if found else index
        if index >= len(text):
            return [*tokens, Token(Sort.END, "", len(text) + 1)]
        token = _next(text, index, tokens[-1] if tokens else None)
        tokens.append(token)
        index = token.end


def _next(text: str, index: int, before: Token | None) -> Token:
    character = text[index]
    if character == "'":
        return _string(text, index)
    # A point begins a number only where a value may begin; elsewhere it dereferences.
    value_may_begin = before is None or (before.sort is Sort.PUNCTUATION and before.raw in _BEFORE_A_VALUE)
    if character in "0123456789-" or (character == "." and value_may_begin):
        return _number(text, index)
    if character in _PUNCTUATION or character == ".":
        return Token(Sort.PUNCTUATION, character, index + 1)
    found = _WORD.match(text, index + 1)  # whatever the first character is, it belongs to the word
    word = character + (found[0] if found else "")
    return Token(Sort.NAME if _NAME.fullmatch(word) else Sort.WORD, word, index + 1, word)


def _string(text: str, index: int) -> Token:
    found = _STRING.match(text, index)
    if found is None:
        return Token(Sort.UNKNOWN, text[index:], index + 1)
    return Token(Sort.STRING, found[0], index + 1, found[0][1:-1].replace("''", "'"))


def _number(text: str, index: int) -> Token:
    found = _NUMBER_WORD.match(text, index)
    word = found[0] if found else text[index]
    if word.count(".") >= 2:
        version = version_of(word)
        if version is not None:
            return Token(Sort.VERSION, word, index + 1, version)
    else:
        number = decimal_of(word)
        if number is not None:
            return Token(Sort.NUMBER, word, index + 1, number)
    return Token(Sort.UNKNOWN, word, index + 1)
