"""Which package registries user code may reach: those that this machine's own pip is set up to install from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")
_OPTIONS = ("index-url", "extra-index-url")


@cache
def registries() -> tuple[str, ...]:
    """Host names of the registries: pip's own index and file host, and every index that pip or uv is told of."""
    from pip._internal.models.index import PyPI

    return (PyPI.netloc, PyPI.file_storage_domain, *sorted(_hosts([*_of(os.environ), *_configured()])))


def _of(environment: Mapping[str, str]) -> Iterable[str]:
    return (environment[name] for name in _VARIABLES if name in environment)


def _configured() -> Iterable[str]:
    """What pip's configuration files say; a file that pip cannot read says nothing, as pip itself will complain."""
    from pip._internal.configuration import Configuration  # heavy: imported when a host is first in question
    from pip._internal.exceptions import ConfigurationError

    configuration = Configuration(isolated=False)
    try:
        configuration.load()
    except ConfigurationError:
        return
    for name, value in configuration.items():
        if isinstance(value, dict):
            yield from (url for key, url in value.items() if key.split(".")[-1] in _OPTIONS)
        elif name.split(".")[-1] in _OPTIONS:
            yield str(value)


def _hosts(values: Iterable[str]) -> set[str]:
    found = (urlsplit(url).hostname for value in values for url in value.split())
    return {host for host in found if host}
