"""What the architecture tests read: the project's files, and what each Python file says and imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "simulator"
FOLDERS = ("simulator", "tests", "features", "fixtures", "reference_models", "benchmarks", "docs", ".ci")
GENERATED = {"__pycache__", "node_modules", ".pytest_cache"}


def relative(path: Path) -> str:
    """The path as a person names it: from the top of the project, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project that is written by hand or shipped, top level included."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(sorted(path for path in top + inside if not GENERATED & set(path.parts)))


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file under the named top folders, or all of them."""
    return (path for path in files() if path.suffix == ".py" and (not folders or top_folder(path) in folders))


def top_folder(path: Path) -> str:
    """The first part of the file's path from the top of the project."""
    return path.relative_to(ROOT).parts[0]


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of each import, those inside functions included; `from a import b` is `a.b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(name: str, package: str) -> bool:
    """Whether a dotted name is the package or something in it."""
    return name == package or name.startswith(f"{package}.")
