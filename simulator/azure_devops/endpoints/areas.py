"""The list of REST areas: a new file of endpoints is named here."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "organization",
    "projects",
    "repositories",
    "refs",
    "items",
    "commits",
    "pushes",
    "pull_requests",
    "pipelines",
    "definitions",
    "runs",
    "builds",
    "timelines",
    "stages",
    "artifacts",
    "test_runs",
    "environments",
    "approvals",
    "checks",
    "pipeline_permissions",
    "variable_groups",
    "service_endpoints",
    "webhooks",
)


def load() -> None:
    """Import every area, which registers its endpoints."""
    for name in MODULES:
        import_module(f"simulator.azure_devops.endpoints.{name}")
