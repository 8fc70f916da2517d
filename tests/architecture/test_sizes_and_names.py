"""Files stay small, functions stay short, and names say what a thing is."""

import ast
import re

import pytest

from tests.architecture.sources import PACKAGE, python_files, relative, tree

FILE_LINES = 400
FUNCTION_LINES = 60
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|misc|common)$|^(base|manager|managers)$")


def test_no_file_is_longer_than_400_lines():
    lengths = {relative(path): path.read_text(encoding="utf-8").count("\n") for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{relative(path)}:{node.lineno} {node.name}": lines
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_every_file_begins_with_a_docstring_that_says_what_it_is():
    silent = [relative(path) for path in python_files() if not ast.get_docstring(tree(path))]
    # A data scientist's or a container's own package marker may be empty; ours may not.
    ours = [name for name in silent if name.startswith("simulator/") or not name.endswith("__init__.py")]
    assert ours == []


def test_no_file_or_folder_has_a_name_that_says_nothing():
    named = {
        part for path in python_files("simulator", "tests", "benchmarks") for part in _names(relative(path))
    }
    assert sorted(name for name in named if EMPTY_NAMES.search(name)) == []


def _names(path: str) -> list[str]:
    return path.removesuffix(".py").split("/")


@pytest.mark.parametrize(
    "package", sorted(path.parent for path in PACKAGE.rglob("__init__.py")), ids=relative
)
def test_every_package_has_a_card_and_nothing_else(package):
    module = tree(package / "__init__.py")
    card = ast.get_docstring(module) or ""
    missing = [word for word in ("In:", "Out:", "Never:") if word not in card]
    assert not missing, f"the docstring of {relative(package)}/__init__.py lacks {missing}"
    assert len(module.body) == 1, (
        f"{relative(package)}/__init__.py holds only its card; code goes to a file with a name"
    )


def test_the_rules_see_what_they_forbid():
    assert EMPTY_NAMES.search("string_utils")
    assert EMPTY_NAMES.search("base")
    assert not EMPTY_NAMES.search("base_image")
    assert not EMPTY_NAMES.search("secrets_manager"), "the vendor's own word"
