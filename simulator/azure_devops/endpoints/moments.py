"""Times as the service writes them, under the name that endpoints know."""

from __future__ import annotations

from simulator.azure_devops.moments import iso

__all__ = ["iso"]
