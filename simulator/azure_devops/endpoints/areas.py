"""The REST areas are the packages beside this file: every file in them registers its endpoints when it is imported."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules, walk_packages

from simulator.azure_devops import endpoints


@cache
def load() -> None:
    """Import every file of every area, once: with the first request, for a start need not wait for them."""
    for area in iter_modules(endpoints.__path__):
        if area.ispkg:
            package = import_module(f"{endpoints.__name__}.{area.name}")
            for file in walk_packages(package.__path__, f"{package.__name__}."):
                import_module(file.name)
