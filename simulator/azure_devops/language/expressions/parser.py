"""Tokens -> an expression tree; names, functions and arity are checked here, behind the syntax.

The language has no operators, no grouping and no null literal: `primary postfix*` is all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from simulator.azure_devops.language.expressions.failure import ExpressionFailure, ParseFailure
from simulator.azure_devops.language.expressions.lexer import Sort, Token, refuse_unknown, tokenize
from simulator.azure_devops.language.expressions.values import Value, Version

MAXIMUM_DEPTH = 50


@dataclass(frozen=True)
class Literal:
    """A value written down."""

    value: Value


@dataclass(frozen=True)
class Name:
    """A context, such as `variables`."""

    name: str


@dataclass(frozen=True)
class Index:
    """`target.name` and `target[expression]` alike."""

    target: Expression
    index: Expression


@dataclass(frozen=True)
class Wildcard:
    """`target.*` and `target[*]`."""

    target: Expression


@dataclass(frozen=True)
class Invocation:
    """A function and its arguments; `function` is the name in lower case."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Literal | Name | Index | Wildcard | Invocation


@dataclass(frozen=True)
class Arity:
    """How many arguments a function takes; `most` None means any number."""

    least: int
    most: int | None


def parse(text: str, names: Collection[str], functions: Mapping[str, Arity]) -> Expression:
    """The tree of `text`. `names` (contexts) and `functions` are in lower case; case is ignored in the text.

    Raises ExpressionFailure with the service's sentence; an unknown name is reported only if the syntax holds.
    """
    text = text.strip()
    if not text:
        raise ExpressionFailure("An expression was expected")
    parser = _Parser(text, names, functions)
    tree = parser.expression(1)
    parser.finish()
    return tree


class _Parser:
    def __init__(self, text: str, names: Collection[str], functions: Mapping[str, Arity]) -> None:
        self.text = text
        self.names = names
        self.functions = functions
        self.tokens = tokenize(text)
        refuse_unknown(self.tokens, text)
        self.at = 0
        self.unresolved: Token | None = None

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

    def finish(self) -> None:
        if self.token.sort is not Sort.END:
            raise self.fail("Unexpected symbol", self.token)
        if self.unresolved is not None:
            raise self.fail("Unrecognized value", self.unresolved)

    def expression(self, depth: int) -> Expression:
        if depth > MAXIMUM_DEPTH:
            raise ParseFailure(
                f"Exceeded max expression depth {MAXIMUM_DEPTH}", self.token.position, self.text
            )
        token = self.take()
        if token.sort is Sort.NAME:
            return self.named(token, depth)
        if isinstance(token.value, Decimal):
            return Literal(token.value)
        if isinstance(token.value, tuple):
            return Literal(Version(token.value))
        if token.sort is Sort.STRING:
            return Literal(token.value)
        raise self.fail("Unexpected symbol", self.last_real(token))

    def last_real(self, token: Token) -> Token:
        """At the end of the text the last token written is the one to blame."""
        return self.tokens[self.at - 2] if token.sort is Sort.END and self.at > 1 else token

    def named(self, token: Token, depth: int) -> Expression:
        name = token.raw.lower()
        if self.sees("("):
            return self.postfixes(self.invocation(token, depth), depth)
        if name in ("true", "false"):
            return Literal(name == "true")
        if name in self.functions:
            raise self.fail("Expected '(' to follow a function", token)
        if name not in self.names:
            self.unresolved = self.unresolved or token
        return self.postfixes(Name(name), depth)

    def invocation(self, token: Token, depth: int) -> Expression:
        name = token.raw.lower()
        arity = self.functions.get(name)
        if arity is None:
            self.unresolved = self.unresolved or token
            arity = Arity(0, None)
        self.take()
        arguments: list[Expression] = []
        while not self.sees(")"):
            if self.at_end():
                raise self.fail("Unclosed function", token)
            if arguments and self.take().raw != ",":
                raise self.fail("Unexpected symbol", self.tokens[self.at - 1])
            if arity.most is not None and len(arguments) >= arity.most:
                raise self.fail("Unexpected symbol", self.tokens[self.at - 1] if arguments else self.token)
            if self.at_end():
                raise self.fail("Unclosed function", token)
            arguments.append(self.expression(depth + 1))
        closing = self.take()
        if len(arguments) < arity.least:
            raise self.fail("Unexpected symbol", closing)
        return Invocation(name, tuple(arguments))

    def postfixes(self, target: Expression, depth: int) -> Expression:
        while self.sees(".") or self.sees("["):
            opening = self.take()
            if opening.raw == ".":
                target = self.dereference(target, opening)
            else:
                target = self.indexed(target, opening, depth)
        return target

    def dereference(self, target: Expression, point: Token) -> Expression:
        if self.sees("*"):
            self.take()
            return Wildcard(target)
        if self.token.sort is not Sort.NAME:
            raise self.fail("Expected a property name to follow the dereference operator '.'", point)
        return Index(target, Literal(self.take().raw))

    def indexed(self, target: Expression, opening: Token, depth: int) -> Expression:
        if self.sees("*"):
            self.take()
            found: Expression = Wildcard(target)
        else:
            if self.at_end():
                raise self.fail("Unclosed indexer", opening)
            found = Index(target, self.expression(depth))
        if self.at_end():
            raise self.fail("Unclosed indexer", opening)
        if not self.sees("]"):
            raise self.fail("Unexpected symbol", self.token)
        self.take()
        return found
