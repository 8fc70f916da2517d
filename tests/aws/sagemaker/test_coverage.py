"""The page of coverage is current, and nothing that the pattern needs refuses."""

import re
from pathlib import Path

from simulator.aws.coverage import SERVICES, operations, page, state

ROOT = Path(__file__).parents[3]
FAMILIES = re.compile(
    r"TrainingJob|ProcessingJob|TransformJob|HyperParameterTuningJob|AutoMLJob|Pipeline|ModelPackage|ModelCard"
    r"|Endpoint|Monitoring|JobDefinition|Action|Artifact|Context|Association|Lineage|Experiment|Trial|Tags|Search$"
    r"|^(?:Create|Describe|Delete|List)Models?$"
)


def test_the_page_is_current():
    assert (ROOT / "docs" / "coverage.md").read_text() == page(), (
        "run: python -m simulator.aws.coverage > docs/coverage.md"
    )


def test_nothing_of_the_patterns_families_refuses():
    mine = [name for name in operations("sagemaker") if FAMILIES.search(name)]
    assert len(mine) > 150
    assert [name for name in mine if state("sagemaker", name) == "refuses"] == []


def test_what_refuses_is_said_with_its_reason():
    silent = [
        f"{service}:{name}"
        for service in SERVICES
        for name in operations(service)
        if state(service, name) == "refuses" and f"| {name} | refuses |  |" in page()
    ]
    assert silent == []
