"""What the package imports, the package declares: an install without the extras for development must run."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.sources import ROOT, imports, python_files, relative

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    """A distribution's name as packaging compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras: str) -> set[str]:
    """Names of the distributions that an install with these extras asks for itself."""
    wanted = [
        *PROJECT["dependencies"],
        *(line for extra in extras for line in PROJECT["optional-dependencies"][extra]),
    ]
    return {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in wanted}


def undeclared(folder: str, known: set[str]) -> list[str]:
    """Imports of third parties, as `file:line`, that none of the declared distributions provides."""
    provided_by = packages_distributions()
    return [
        f"{relative(path)}:{line} imports {name}"
        for path in python_files(folder)
        for line, name in imports(path)
        if (root := name.partition(".")[0]) not in sys.stdlib_module_names
        and root not in {"simulator", "tests"}
        # Programs that run beside each other inside a work; those of AWS's tasks share what is above them.
        and not any((place / f"{root}.py").is_file() for place in (path.parent, path.parent.parent))
        and not known & {normal(distribution) for distribution in provided_by.get(root, [root])}
    ]


def test_everything_the_package_imports_is_a_dependency():
    # The harness is the one room with an extra of its own.
    found = undeclared("simulator", declared())
    harness = undeclared("simulator", declared("harness"))
    assert [line for line in found if not line.startswith("simulator/harness/")] == []
    assert harness == []


def test_everything_the_tests_import_comes_with_the_extra_for_development():
    assert undeclared("tests", declared("harness", "images", "dev")) == []


def test_every_dependency_has_a_lower_bound():
    everything = [
        *PROJECT["dependencies"],
        *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
    ]
    assert [
        line for line in everything if ">=" not in line and normal(line.split("[")[0]) != PROJECT["name"]
    ] == []
