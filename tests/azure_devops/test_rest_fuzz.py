"""A hundred and fifty generated requests of a fixed seed: nothing that a client sends is a defect of ours."""

from __future__ import annotations

from simulator.topology import load
from tests.azure_devops.conftest import Served
from tests.conformance import azure_rest_fuzz


def test_no_generated_request_finds_a_defect():
    """The whole of it: `python -m tests.conformance.azure_rest_fuzz 20000`."""
    served = Served(load())
    served.start()
    try:
        outcome = azure_rest_fuzz.run(served, 150, seed=7)
    finally:
        served.server.should_exit = True
        served.thread.join()
    assert outcome.defects == []
    assert served.checked.violations == []
    assert sum(outcome.statuses.values()) == 150
    assert outcome.statuses[200] > 10
