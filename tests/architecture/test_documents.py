"""What the documents promise exists: links, make targets, and a map that agrees with the packages."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import FOLDERS, PACKAGE, ROOT, files, relative, tree

DOCUMENTS = [path for path in files() if path.suffix == ".md" and "fixtures" not in path.parts]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"`make ([a-z][a-z-]*)")
TOP_LEVEL = {
    *FOLDERS,
    *("CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "README.md"),
    *(
        "docker-compose.yml",
        "pyproject.toml",
        ".dockerignore",
        ".editorconfig",
        ".gitattributes",
        ".gitignore",
    ),
}
MADE_HERE = {".git", ".venv", "out", "dist", ".simulator"}
CACHES = re.compile(r"^\.\w+_cache$|^\.hypothesis$|^__pycache__$")
PLACE = re.compile(r"`((?:simulator|tests|features|fixtures|reference_models|docs)/[^`\s]*)`")
WRITTEN = {".cfg", ".feature", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
WRITTEN_WITHOUT_SUFFIX = {"Dockerfile", "Makefile", "run"}
# Places of one person's machine. What a cloud itself prescribes (/opt/ml, the hosted agent's /home/vsts) is not.
MACHINE_PATH = re.compile(r"(?<![\w.$}*])/(work/(main|shared)|root/|home/(?!vsts\b)[a-z]|Users/[A-Za-z])")


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_relative_link_leads_to_a_file(document: Path):
    targets = [target.split("#")[0] for target in LINK.findall(document.read_text(encoding="utf-8"))]
    local = [
        target for target in targets if target and "://" not in target and not target.startswith("mailto:")
    ]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_make_target_that_is_named_exists(document: Path):
    targets = set(
        re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(MAKE.findall(document.read_text(encoding="utf-8"))) - targets == set()


def test_every_place_that_contributing_sends_people_to_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = {place for place in PLACE.findall(text) if not set("<*") & set(place)}
    assert places
    assert sorted(place for place in places if not (ROOT / place).exists()) == []


def test_the_map_in_the_readme_says_what_the_packages_say_of_themselves():
    rows = {
        f"| `{relative(card.parent)}/` | {_first_sentence(card)} |"
        for card in PACKAGE.glob("*/__init__.py")
        if card.parent.name != "shipped"
    }
    lines = set((ROOT / "README.md").read_text(encoding="utf-8").splitlines())
    missing = sorted(rows - lines)
    assert not missing, "put these rows into the README's map:\n" + "\n".join(missing)


def _first_sentence(card: Path) -> str:
    text = (ast.get_docstring(tree(card)) or "").split("\n\n")[0]
    return " ".join(text.split("In:")[0].split()).rstrip()


def test_nothing_else_stands_at_the_top():
    found = {path.name for path in ROOT.iterdir()} - MADE_HERE
    assert {name for name in found if not CACHES.match(name)} - TOP_LEVEL == set()


def test_no_file_names_a_path_of_one_machine():
    found = [
        f"{relative(path)}:{number}"
        for path in files()
        if path.suffix in WRITTEN or path.name in WRITTEN_WITHOUT_SUFFIX
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line) and path != Path(__file__).resolve()
    ]
    assert found == []
