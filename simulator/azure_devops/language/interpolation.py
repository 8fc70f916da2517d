"""Template expressions inside a scalar's text: where they stand, and whether a key is a directive.

Source: recorded preview answers, `shared/reference/azure-devops.md` 4.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.parser import check_syntax

_OPEN, _CLOSE = "${{", "}}"
KEYWORDS = ("if", "elseif", "else", "each", "insert")


@dataclass(frozen=True)
class Interpolation:
    """What a scalar evaluates: `lone` when the scalar is one expression, else a `format` call over its pieces."""

    expression: str
    lone: bool


@dataclass(frozen=True)
class Directive:
    """A recognised directive: `argument` is the condition or the collection, `variable` the loop's name."""

    keyword: str
    argument: str = ""
    variable: str = ""


def interpolation(text: str) -> Interpolation | None:
    """The expression the service compiles `text` to; None for plain text. Raises if an expression never closes."""
    return _interpolation(text) if _OPEN in text else None


@lru_cache(maxsize=4096)
def _interpolation(text: str) -> Interpolation:
    literals, expressions = _pieces(text)
    if len(expressions) == 1 and literals == ["", ""]:
        return Interpolation(expressions[0], lone=True)
    pattern = literals[0].replace("{", "{{").replace("}", "}}")
    for index, literal in enumerate(literals[1:]):
        pattern += f"{{{index}}}" + literal.replace("{", "{{").replace("}", "}}")
    quoted = pattern.replace("'", "''")
    return Interpolation(f"format('{quoted}', {', '.join(expressions)})", lone=False)


@lru_cache(maxsize=4096)
def refusal(text: str, *, is_key: bool) -> ExpressionFailure | None:
    """What is wrong with the first expression of `text` that cannot be read, whatever its names mean.

    Each is read by itself, before any is evaluated: only evaluation sees the `format` call.
    Source: `TemplateReader.ParseScalar` of actions/runner (2019, MIT).
    """
    try:
        literals, expressions = _pieces(text)
        lone = literals == ["", ""]
        if lone and not is_key and starts_like_directive(text):
            return None  # refused as a value where it is evaluated
        for expression in expressions:
            found = directive(f"{_OPEN} {expression} {_CLOSE}")
            if found is not None and not lone:
                raise ExpressionFailure(
                    f"The directive '{found.keyword}' is not allowed in this context. Directives are not supported "
                    "for expressions that are embedded within a string. Directives are only supported when the "
                    "entire value is an expression."
                )
            if found is None:
                check_syntax(expression)
            elif found.argument:
                check_syntax(found.argument)
    except ExpressionFailure as failure:
        return failure
    return None


def _pieces(text: str) -> tuple[list[str], list[str]]:
    """Literal texts around the expressions (one more of them), and the expressions, trimmed."""
    literals: list[str] = []
    expressions: list[str] = []
    start = 0
    while (opening := text.find(_OPEN, start)) >= 0:
        closing = _closing(text, opening + len(_OPEN))
        literals.append(text[start:opening])
        expressions.append(text[opening + len(_OPEN) : closing].strip())
        start = closing + len(_CLOSE)
    literals.append(text[start:])
    return literals, expressions


# No possessive quantifier: those of Python 3.11.2, which Debian 12 has, lose what they matched. The alternatives
# begin with different characters, so there is one way only to go back.
_UP_TO_CLOSING = re.compile(r"(?:[^'}]|'[^']*'|\}(?!\}))*(?=\}\})")


def _closing(text: str, index: int) -> int:
    """Where `}}` stands outside a quoted string."""
    found = _UP_TO_CLOSING.match(text, index)
    if found is not None:
        return found.end()
    raise ExpressionFailure(
        "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found."
    )


def starts_like_directive(text: str) -> bool:
    """True for a lone expression whose first word is a directive's keyword (lower case only)."""
    found = interpolation(text)
    return (
        found is not None and found.lone and found.expression.split(maxsplit=1)[:1] in [[k] for k in KEYWORDS]
    )


@lru_cache(maxsize=4096)
def directive(text: str) -> Directive | None:
    """The directive that a key is, or None. Raises ExpressionFailure where it has the wrong number of parameters.

    A wrong number after `if` or `elseif` makes it no directive: the text is then an (invalid) expression.
    """
    if not starts_like_directive(text):
        return None
    found = interpolation(text)
    assert found is not None
    keyword, *parameters = _parameters(found.expression)
    if keyword in ("if", "elseif"):
        return Directive(keyword, parameters[0]) if len(parameters) == 1 else None
    if keyword == "each":
        return _each(parameters)
    if keyword not in KEYWORDS:
        return None
    _expect(keyword, 0, parameters)
    return Directive(keyword)


def _parameters(text: str) -> list[str]:
    """What white space parts outside strings and parentheses: the keyword and what a directive counts."""
    found, depth, quoted = [""], 0, False
    for character in text:
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if character.isspace() and not quoted and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [part for part in found if part]


def _each(parameters: list[str]) -> Directive:
    _expect("each", 3, parameters)
    if parameters[1] != "in":
        raise ExpressionFailure(
            f"The value '{parameters[1]}' is unexpected. The expected format of an 'each' expression is: "
            "${ each <identifier> in <value> }"
        )
    return Directive("each", parameters[2], parameters[0])


def _expect(keyword: str, count: int, parameters: list[str]) -> None:
    if len(parameters) != count:
        raise ExpressionFailure(
            f"Exactly {count} parameter(s) were expected following the directive '{keyword}'. "
            f"Actual parameter count: {len(parameters)}"
        )
