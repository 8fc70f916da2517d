"""The table of evidence claims nothing that is not there: every proof it names exists."""

import ast
import re
from pathlib import Path

from tests.architecture.sources import ROOT, tree

EVIDENCE = ROOT / "docs" / "evidence.md"
ROW = re.compile(r"^\| (\d+\.\d+) \| (.+) \| (.+) \|$")
PROOF = re.compile(r"`([\w./-]+)::([^`]+)`")


def rows() -> list[tuple[str, str]]:
    """Number and proof of each line of the tables."""
    found = [ROW.match(line) for line in EVIDENCE.read_text(encoding="utf-8").splitlines()]
    return [(match[1], match[3]) for match in found if match]


def test_every_line_names_a_proof_or_says_not_yet():
    assert rows()
    assert [number for number, proof in rows() if not PROOF.search(proof) and "not yet" not in proof] == []


def test_lines_are_numbered_once_and_without_gaps():
    numbers = [tuple(int(part) for part in number.split(".")) for number, _ in rows()]
    expected = [
        (section, line)
        for section in range(max(numbers)[0] + 1)
        for line in range(1, sum(1 for number in numbers if number[0] == section) + 1)
    ]
    assert numbers == expected


def test_every_test_that_is_named_exists():
    named = {proof for _, text in rows() for proof in PROOF.findall(text)}
    assert sorted(f"{file}::{name}" for file, name in named if not exists(ROOT / file, name)) == []


def exists(file: Path, name: str) -> bool:
    """Whether a function, a method (`Class::test`), a scenario, or a step of CI stands in the file."""
    if not file.is_file():
        return False
    if file.suffix == ".py":
        last = name.split("[")[0].split("::")[-1]
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        return any(isinstance(node, functions) and node.name == last for node in ast.walk(tree(file)))
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".feature":
        return bool(re.search(rf"^\s*Scenario(?: Outline)?: {re.escape(name)}\s*$", text, re.MULTILINE))
    return bool(re.search(rf"^{re.escape(name)}\(\) *{{", text, re.MULTILINE))


def test_a_proof_that_does_not_exist_is_seen():
    assert exists(Path(__file__), "test_a_proof_that_does_not_exist_is_seen")
    assert exists(ROOT / ".ci" / "run", "ordinary")
    assert not exists(ROOT / ".ci" / "run", "extraordinary")
    assert not exists(Path(__file__), "test_that_nobody_wrote")
    assert not exists(ROOT / "tests" / "nowhere.py", "test_anything")
