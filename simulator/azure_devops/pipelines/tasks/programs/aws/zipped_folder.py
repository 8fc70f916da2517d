"""A folder as a zip archive, as the toolkit makes its bundles: every file, by its path below the folder."""

import zipfile
from pathlib import Path


def zip_folder(folder: str, archive: str, below: str = "", more: dict[str, str] | None = None) -> None:
    """Write `archive` with the files of `folder` under `below`, then texts of `more` by their names."""
    root = Path(folder)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                made.write(path, f"{below}{path.relative_to(root)}")
        for name, text in (more or {}).items():
            made.writestr(name, text)
