"""Tokens -> an expression tree: the syntax first, names and the slot's own functions in a second pass.

The language has no operators, no grouping and no null literal: `primary postfix*` is all of it.
Source: as the lexer's, `ExpressionParser`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from simulator.azure_devops.language.expressions.failure import ExpressionFailure, ParseFailure, SizeFailure
from simulator.azure_devops.language.expressions.lexer import Sort, Token, tokenize
from simulator.azure_devops.language.expressions.values import Value, Version

MAXIMUM_DEPTH = 50
MAXIMUM_LENGTH = 21_000


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written down."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A context, such as `variables`."""

    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """What stands behind a value: each step an index (`.name` and `[expression]` alike), None for `.*` and `[*]`."""

    target: Expression
    steps: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function and its arguments; `function` is the name in lower case."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Literal | Name | Access | Invocation


@dataclass(frozen=True, slots=True)
class Arity:
    """How many arguments a function takes; `most` None means any number."""

    least: int
    most: int | None


_ANY = Arity(0, None)
# Functions whose arity the syntax pass already knows; those of a slot are words like any other to it.
_TWO, _TWO_OR_MORE = Arity(2, 2), Arity(2, None)
WELL_KNOWN: Mapping[str, Arity] = {
    **dict.fromkeys(("contains", "containsvalue", "endswith", "eq", "ge", "gt", "join"), _TWO),
    **dict.fromkeys(("le", "lt", "ne", "startswith", "xor"), _TWO),
    **dict.fromkeys(("and", "coalesce", "in", "notin", "or"), _TWO_OR_MORE),
    "format": Arity(1, 255),
    "not": Arity(1, 1),
}


def parse(text: str, names: Collection[str], functions: Mapping[str, Arity]) -> Expression:
    """The tree of `text`. `names` (contexts) and `functions` are in lower case; case is ignored in the text.

    Raises ExpressionFailure with the service's sentence; an unknown name is reported only if the syntax holds.
    """
    tokens = _tokens(text)
    _Parser(text, tokens, None, WELL_KNOWN).whole()
    return _Parser(text, tokens, names, functions).whole()


def parse_at_once(text: str, names: Collection[str], functions: Mapping[str, Arity]) -> Expression:
    """As `parse`, but names are resolved as they are met: the first error in the text is the one reported.

    Conditions and `$[ ]` values are read so: `GraphCondition` and `ExpressionValue` only create the tree.
    """
    return _Parser(text, _tokens(text), names, functions).whole()


def check_syntax(text: str) -> None:
    """Raises ExpressionFailure where the syntax of `text` does not hold, whatever its names mean."""
    _Parser(text, _tokens(text), None, WELL_KNOWN).whole()


def _tokens(text: str) -> list[Token]:
    if not text or text.isspace():
        raise ExpressionFailure("An expression was expected")
    if len(text) > MAXIMUM_LENGTH:
        raise SizeFailure(f"Exceeded max expression length {MAXIMUM_LENGTH}")
    return tokenize(text)


class _Parser:
    """One pass. `names` None is the pass of the syntax alone, in which any word may be a name or a function."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        names: Collection[str] | None,
        functions: Mapping[str, Arity],
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.names = names
        self.functions = functions
        self.at = 0
        self.open = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def sees(self, mark: str) -> bool:
        return self.token.sort is Sort.PUNCTUATION and self.token.raw == mark

    def at_end(self) -> bool:
        return self.token.sort is Sort.END

    def fail(self, sentence: str, token: Token) -> ParseFailure:
        return ParseFailure(f"{sentence}: '{token.raw}'", token.position, self.text)

    def unexpected(self, token: Token) -> ParseFailure:
        strange = token.sort is Sort.UNKNOWN or (self.names is not None and not self.knows(token))
        return self.fail("Unrecognized value" if strange else "Unexpected symbol", token)

    def knows(self, token: Token) -> bool:
        """Whether a word means something here: a name, a function or a boolean."""
        if token.sort not in (Sort.NAME, Sort.WORD):
            return True
        word = token.raw.lower()
        return word in ("true", "false") or word in self.functions or word in (self.names or ())

    def whole(self) -> Expression:
        tree = self.expression()
        if not self.at_end():
            raise self.unexpected(self.token)
        return tree

    def opened(self) -> None:
        """One more function or index is open."""
        self.open += 1
        if self.open >= MAXIMUM_DEPTH:
            raise SizeFailure(f"Exceeded max expression depth {MAXIMUM_DEPTH}")

    def expression(self) -> Expression:
        token = self.take()
        if token.sort is Sort.NAME or token.sort is Sort.WORD:
            return self.named(token)
        if isinstance(token.value, Decimal):
            return Literal(token.value)
        if isinstance(token.value, tuple):
            return Literal(Version(token.value))
        if token.sort is Sort.STRING:
            return Literal(token.value)
        raise self.unexpected(token)

    def named(self, token: Token) -> Expression:
        name = token.raw.lower()
        known = self.functions.get(name) if token.sort is Sort.NAME else None
        if name in ("true", "false") and known is None:
            return Literal(name == "true")
        if known is not None or (self.names is None and self.sees("(")):
            if not self.sees("("):
                raise self.fail("Expected '(' to follow a function", token)
            return self.accessed(self.invocation(token, known or _ANY))
        if self.names is not None and (name not in self.names or token.sort is not Sort.NAME):
            raise self.fail("Unrecognized value", token)
        return self.accessed(Name(name))

    def invocation(self, token: Token, arity: Arity) -> Expression:
        self.take()
        self.opened()
        arguments: list[Expression] = []
        while not self.sees(")"):
            if self.at_end():
                raise self.fail("Unclosed function", token)
            if arguments:
                self.separator(len(arguments), arity)
                if self.at_end():
                    raise self.fail("Unclosed function", token)
            arguments.append(self.expression())
        closing = self.take()
        if len(arguments) < arity.least or (arity.most is not None and len(arguments) > arity.most):
            raise self.unexpected(closing)
        self.open -= 1
        return Invocation(token.raw.lower(), tuple(arguments))

    def separator(self, so_far: int, arity: Arity) -> None:
        token = self.token
        if not self.sees(",") or (arity.most is not None and so_far >= arity.most):
            raise self.unexpected(token)
        self.take()

    def accessed(self, target: Expression) -> Expression:
        steps: list[Expression | None] = []
        while self.sees(".") or self.sees("["):
            opening = self.take()
            steps.append(self.dereference(opening) if opening.raw == "." else self.indexed(opening))
        return Access(target, tuple(steps)) if steps else target

    def dereference(self, point: Token) -> Expression | None:
        if self.at_end():
            raise self.fail("Expected a property name to follow the dereference operator '.'", point)
        token = self.take()
        if token.sort is Sort.PUNCTUATION and token.raw == "*":
            return None
        if token.sort is not Sort.NAME:
            raise self.fail("Unexpected symbol", token)
        return Literal(token.raw)

    def indexed(self, opening: Token) -> Expression | None:
        self.opened()
        if self.at_end():
            raise self.fail("Unclosed indexer", opening)
        index: Expression | None = None
        if self.sees("*"):
            self.take()
        else:
            index = self.expression()
        if self.at_end():
            raise self.fail("Unclosed indexer", opening)
        if not self.sees("]"):
            raise self.unexpected(self.token)
        self.take()
        self.open -= 1
        return index
