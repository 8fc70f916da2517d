"""Files of the storage as one zip file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from simulator.azure_devops.pipelines.file_trees import files_below


def zip_of(top: Path, name: str) -> bytes:
    """The file `top`, or the files below it (blocks); their names there begin with `name`, or stand alone for ""."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for relative, file in files_below(top, top):
            inside = name if top.is_file() and name else f"{name}/{relative}".lstrip("/")
            archive.write(file, inside)
    return buffer.getvalue()
