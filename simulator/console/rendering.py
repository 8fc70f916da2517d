"""Templates to HTML: everything that a page shows is escaped, unless the console itself made it as markup."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.console import presenting

_FOLDER = Path(__file__).parent / "templates"


def html(template: str, values: Mapping[str, Any]) -> str:
    """The page of a template of templates/; members that a cloud left out are empty."""
    return str(_environment().get_template(template).render(values))


@cache
def _environment() -> Any:
    # Imported when the first page is asked for: a simulator must be ready before anybody looks.
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,
    )
    made.filters.update(presenting.FILTERS)
    made.globals.update(span=presenting.span)
    return made
