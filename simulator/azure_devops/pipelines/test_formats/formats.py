"""The formats of test results that the service takes, by the names of PublishTestResults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.azure_devops.pipelines.test_formats import ctest, junit, nunit, vstest, xunit
from simulator.azure_devops.pipelines.test_formats.case import TestCase

FORMATS: Mapping[str, Callable[[bytes], list[TestCase]]] = {
    "junit": junit.read,
    "nunit": nunit.read,
    "vstest": vstest.read,
    "xunit": xunit.read,
    "ctest": ctest.read,
}
