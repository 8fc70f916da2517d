"""Every rule of what a request needs stands at an endpoint that is there."""

from __future__ import annotations

from simulator.azure_devops.authorization import asking, needs
from simulator.azure_devops.endpoint import ENDPOINTS
from simulator.azure_devops.endpoints import areas


def test_every_rule_stands_at_an_endpoint_that_is_there():
    areas.load()
    asking.load()
    assert len(needs.RULES) > 100
    assert {key for key in needs.RULES if key not in ENDPOINTS} == set()
