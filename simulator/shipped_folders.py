"""Where the folders that travel with the package are: in a checkout beside it, in an installed wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `fixtures`, `features` or `reference_models`; pyproject.toml says what a wheel carries."""
    inside = PACKAGE / "shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
