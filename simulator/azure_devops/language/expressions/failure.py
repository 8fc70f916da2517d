"""The failures of an expression, in the service's sentences.

Source: recorded preview answers, `shared/reference/azure-devops.md` 4.3.
"""

HELP_LINK = "For more help, refer to https://go.microsoft.com/fwlink/?linkid=842996"


class ExpressionFailure(Exception):
    """An expression cannot be parsed or evaluated; `str()` is the whole sentence without file coordinates."""


class ParseFailure(ExpressionFailure):
    """The expression's text is wrong; `position` counts from 1 within `expression`."""

    def __init__(self, sentence: str, position: int, expression: str) -> None:
        located = f"{sentence}. Located at position {position} within expression: '{expression}'. {HELP_LINK}"
        super().__init__(located)
        self.sentence = sentence
        self.position = position
        self.expression = expression


class SizeFailure(ExpressionFailure):
    """The expression is too long or too deep."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence}. {HELP_LINK}")


class EvaluationFailure(ExpressionFailure):
    """The expression is well formed, but its values do not allow what it asks for."""


def not_convertible(from_kind: str, to_kind: str, value: str) -> EvaluationFailure:
    """The sentence of a conversion that is refused."""
    return EvaluationFailure(f"Unable to convert from {from_kind} to {to_kind}. Value: {value}")
