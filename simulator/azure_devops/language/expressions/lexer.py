"""Expression text -> tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from simulator.azure_devops.language.expressions.failure import ParseFailure

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
_VERSION = re.compile(r"\d+(\.\d+){2,3}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PUNCTUATION = "()[],.*"
_ENDS_A_WORD = "()[],."


class Sort(Enum):
    """What a token is."""

    NUMBER = "number"
    VERSION = "version"
    STRING = "string"
    NAME = "name"
    PUNCTUATION = "punctuation"
    UNKNOWN = "unknown"
    END = "end"


@dataclass(frozen=True)
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
    """All tokens of `text`, closed by one of sort END. Other words become UNKNOWN, which the parser refuses."""
    tokens: list[Token] = []
    index = 0
    while True:
        while index < len(text) and text[index].isspace():
            index += 1
        if index >= len(text):
            return [*tokens, Token(Sort.END, "", len(text) + 1)]
        token = _next(text, index, tokens[-1] if tokens else None)
        tokens.append(token)
        index = token.end


def _next(text: str, index: int, before: Token | None) -> Token:
    character = text[index]
    position = index + 1
    if character == "'":
        return _string(text, index)
    # A point begins a number only where a value may begin; elsewhere it dereferences.
    point_begins_number = character == "." and (before is None or before.raw in ("(", "[", ","))
    if character.isdigit() or character == "-" or point_begins_number:
        return _number(text, index)
    if character in _PUNCTUATION:
        return Token(Sort.PUNCTUATION, character, position)
    word = _word(text, index, _ENDS_A_WORD)
    sort = Sort.NAME if _NAME.fullmatch(word) else Sort.UNKNOWN
    return Token(sort, word, position, word)


def _word(text: str, index: int, ends: str) -> str:
    end = index + 1
    while end < len(text) and not text[end].isspace() and text[end] not in ends:
        end += 1
    return text[index:end]


def _string(text: str, index: int) -> Token:
    end = index + 1
    while end < len(text):
        if text[end] == "'":
            if text[end + 1 : end + 2] != "'":
                raw = text[index : end + 1]
                return Token(Sort.STRING, raw, index + 1, raw[1:-1].replace("''", "'"))
            end += 1
        end += 1
    return Token(Sort.UNKNOWN, text[index:], index + 1, text[index:])


def _number(text: str, index: int) -> Token:
    word = _word(text, index, "()[],")
    if _VERSION.fullmatch(word):
        return Token(Sort.VERSION, word, index + 1, tuple(int(part) for part in word.split(".")))
    if _NUMBER.fullmatch(word):
        return Token(Sort.NUMBER, word, index + 1, Decimal(word))
    return Token(Sort.UNKNOWN, word, index + 1, word)


def units(text: str) -> list[str]:
    """The top-level units of `text`: a word with what is attached to it, calls and indexes included.

    A directive's parameters are counted in these units (`else if eq(1, 1)` has two), not in words.
    """
    found: list[tuple[int, int]] = []
    depth = 0
    previous: Token | None = None
    for token in tokenize(text):
        if token.sort is Sort.END:
            break
        attached = previous is not None and (
            token.raw in _PUNCTUATION or depth > 0 or previous.raw in ("(", "[", ",", ".")
        )
        if found and attached:
            found[-1] = (found[-1][0], token.end)
        else:
            found.append((token.position - 1, token.end))
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.raw, 0)
        previous = token
    return [text[start:end] for start, end in found]


def refuse_unknown(tokens: list[Token], text: str) -> None:
    """Raises for the first word that is no token of the language."""
    for token in tokens:
        if token.sort is Sort.UNKNOWN:
            raise ParseFailure(f"Unrecognized value: '{token.raw}'", token.position, text)
