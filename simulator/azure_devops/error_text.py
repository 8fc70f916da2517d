"""One text of the catalogue of errors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One entry of the catalogue: HTTP status, .NET namespace of the exception, message with `{places}`.

    `assembly` is where the exception lives when it is not named as its namespace is.
    """

    status: int
    namespace: str
    message: str
    assembly: str = ""
