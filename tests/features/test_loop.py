"""The pattern's scenarios, run against a simulator with real work in the process engine."""

from __future__ import annotations

from pytest_bdd import scenarios

scenarios("../../features")
