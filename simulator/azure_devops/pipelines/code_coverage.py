"""Code coverage: the counts of a Cobertura or JaCoCo file, and the rows that keep them by run."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.test_formats.case import parse
from simulator.kernel.store import Store

KIND = "azure_devops.code_coverage"
_JACOCO = {
    "INSTRUCTION": "Instructions",
    "BRANCH": "Branches",
    "LINE": "Lines",
    "METHOD": "Methods",
    "CLASS": "Classes",
    "COMPLEXITY": "Complexity",
}


def read_coverage(document: bytes) -> list[Row]:
    """`{label, covered, total}` of each thing that the file counts. Raises ResultsInvalid.

    Which of both formats it is, the root says: `coverage` is Cobertura's, `report` JaCoCo's.
    """
    root = parse(document, "coverage", "report")
    return _jacoco(root) if root.tag == "report" else _cobertura(root)


def keep_coverage(store: Store, run: int, counts: list[Row]) -> Row:
    """The coverage of a run so far, with these counts added."""
    known = {each["label"]: each for each in coverage_of(store, run)}
    for each in counts:
        old = known.get(each["label"], {"covered": 0, "total": 0})
        known[each["label"]] = {
            "label": each["label"],
            "covered": old["covered"] + each["covered"],
            "total": old["total"] + each["total"],
        }
    row: Row = {"run": run, "counts": list(known.values())}
    store.put(KIND, number_key(run), row)
    return row


def coverage_of(store: Store, run: int) -> list[Row]:
    """The counts of a run."""
    return list((store.get(KIND, number_key(run)) or {"counts": []})["counts"])


def _jacoco(root: ET.Element) -> list[Row]:
    return [
        _count(_JACOCO.get(kind, kind), covered, covered + int(counter.get("missed", "0")))
        for counter in root.findall("counter")
        for kind, covered in [(counter.get("type", ""), int(counter.get("covered", "0")))]
    ]


def _cobertura(root: ET.Element) -> list[Row]:
    made = []
    for label, name in (("Lines", "lines"), ("Branches", "branches")):
        covered, total = root.get(f"{name}-covered"), root.get(f"{name}-valid")
        if covered is not None and total is not None:
            made.append(_count(label, int(covered), int(total)))
    if made:
        return made
    hits = [int(line.get("hits", "0")) for line in root.iter("line")]
    return [_count("Lines", sum(hit > 0 for hit in hits), len(hits))]


def _count(label: str, covered: int, total: int) -> Row:
    return {"label": label, "covered": covered, "total": total}
