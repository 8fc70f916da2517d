"""Secure files: rows of the library, contents beside the store; people put them in, only jobs take them out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from simulator.azure_devops.organization import SECURE_FILE, Organization, Row

LARGEST_BYTES = 10 * 1024 * 1024


class SecureFiles:
    """The secure files of the organization; `path` is where a task that downloads one finds its content."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel
        self._directory = self._kernel.store.directory / "azure_devops" / "secure_files"

    def of(self, project: str) -> list[Row]:
        """The secure files of a project, by name."""
        return sorted(self._organization.rows(SECURE_FILE, project), key=lambda row: str(row["name"]).lower())

    def find(self, project: str, name_or_id: str) -> Row | None:
        """The secure file of that name or id."""
        return self._organization.named(SECURE_FILE, project, name_or_id)

    def add(self, project: str, name: str, content: bytes, by: str) -> Row:
        """A new secure file: its content is on disk, for the owner of the state alone, before its row is there."""
        now = self._kernel.clock.now()
        row: Row = {"id": self._kernel.ids.uuid(), "project": project, "name": name, "properties": {}}
        row.update(createdBy=by, created=now, modifiedBy=by, modified=now, size=len(content))
        row["sha256"] = hashlib.sha256(content).hexdigest()
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.path(row)
        path.touch(mode=0o600)
        path.write_bytes(content)
        with self._kernel.store.transaction():
            self._organization.save(SECURE_FILE, row)
            detail = {"secureFile": row["id"], "name": name, "by": by}
            self._kernel.log.record("SecureFileUploaded", name, detail)
        return row

    def change(self, row: Row, by: str, **members: object) -> Row:
        """Another name, other properties."""
        changed = {**row, **members, "modifiedBy": by, "modified": self._kernel.clock.now()}
        self._organization.save(SECURE_FILE, changed)
        return changed

    def delete(self, row: Row) -> None:
        """Remove the row, then the content."""
        self._kernel.store.delete(SECURE_FILE, row["id"])
        self.path(row).unlink(missing_ok=True)

    def path(self, row: Row) -> Path:
        """The file that holds the content."""
        return self._directory / str(row["id"])
