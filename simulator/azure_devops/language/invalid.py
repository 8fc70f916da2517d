"""What is wrong with a pipeline's YAML: every error at once, each with its place.

The sentences are the service's (`shared/reference/azure-devops.md` 4.2); `expected` is ours, beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_LINE = 500


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file: `file` as the service shows it (`/azure-pipelines.yml`, `/x.yml@alias`); counts from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class YamlError:
    """One error. `position` is None where the service gives none; `expected` lists what would have been right."""

    message: str
    position: Position | None = None
    file: str = ""
    expected: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line the service's message holds for this error; what a template's reading says is cut at 500."""
        if self.position is not None:
            place = self.position
            return _cut(f"{place.file} (Line: {place.line}, Col: {place.column}): {self.message}")
        return _cut(f"{self.file}: {self.message}") if self.file else self.message

    @property
    def explained(self) -> str:
        """The line with what would have been right, for people."""
        return f"{self.text}. Expected one of: {', '.join(self.expected)}" if self.expected else self.text


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}[...]"


class PipelineInvalid(Exception):
    """The pipeline cannot be compiled; REST answers 400 `PipelineValidationException` with `message`."""

    def __init__(self, errors: tuple[YamlError, ...]) -> None:
        self.errors = errors
        self.message = "\n".join(error.text for error in errors)
        super().__init__("\n".join(error.explained for error in errors))


class ErrorList:
    """Errors and warnings in the order they were found, each once."""

    def __init__(self) -> None:
        self._errors: dict[YamlError, None] = {}
        self._warnings: dict[YamlError, None] = {}

    def add(self, message: str, position: Position | None = None, expected: tuple[str, ...] = ()) -> None:
        """Records an error."""
        self._errors.setdefault(YamlError(message, position, expected=expected))

    def add_in_file(self, message: str, file: str) -> None:
        """Records an error for which the service names the file, but no line."""
        self._errors.setdefault(YamlError(message, None, file))

    def warn(self, message: str, position: Position | None = None, expected: tuple[str, ...] = ()) -> None:
        """Records what the service lets pass, but a person would want to know."""
        self._warnings.setdefault(YamlError(message, position, expected=expected))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings, explained."""
        return tuple(warning.explained for warning in self._warnings)

    def extend(self, errors: tuple[YamlError, ...]) -> None:
        """Records errors found elsewhere."""
        for error in errors:
            self._errors.setdefault(error)

    def in_document_order(self) -> None:
        """Puts the errors of one file in the order of their places; those without a place stay where they are.

        The service reads a file from its top, so that is the order it finds them in. Errors of several files stay in
        the order of the expansion.
        """
        errors = list(self._errors)
        placed = [error for error in errors if error.position is not None]
        if len({error.position.file for error in placed if error.position is not None}) == 1:
            following = iter(sorted(placed, key=_place))
            errors = [next(following) if error.position is not None else error for error in errors]
            self._errors = dict.fromkeys(errors)

    @property
    def placed(self) -> bool:
        """Whether something in a file could not be read."""
        return any(error.position is not None or error.file for error in self._errors)

    def __bool__(self) -> bool:
        return bool(self._errors)

    def raise_if_any(self) -> None:
        """Raises PipelineInvalid with everything found so far."""
        if self._errors:
            raise PipelineInvalid(tuple(self._errors))


def _place(error: YamlError) -> tuple[int, int]:
    return (error.position.line, error.position.column) if error.position is not None else (0, 0)
