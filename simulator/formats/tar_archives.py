"""Opens tar archives whose content is not trusted, on every Python 3.11 as well."""

import tarfile
from pathlib import Path, PurePosixPath


class UnsafeMember(tarfile.TarError):
    """A member of the archive would leave the directory, or is neither a file, a directory nor a link."""


def extract(archive: tarfile.TarFile, directory: Path) -> None:
    """Extract everything below `directory`, as `extractall(filter="data")`; raises tarfile.TarError.

    That filter came with Python 3.11.4 (PEP 706), and Debian 12 has 3.11.2; there the members are checked here.
    """
    if hasattr(tarfile, "data_filter"):
        archive.extractall(directory, filter="data")
        return
    members = archive.getmembers()
    for member in members:
        refuse_unsafe(member)
    archive.extractall(directory, members)


def refuse_unsafe(member: tarfile.TarInfo) -> None:
    """Raise UnsafeMember for what the data filter would refuse; links are held a little more strictly."""
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        raise UnsafeMember(f"{member.name!r} is a device or a pipe")
    places = [member.name, member.linkname] if member.issym() or member.islnk() else [member.name]
    for place in map(PurePosixPath, places):
        if place.is_absolute() or ".." in place.parts:
            raise UnsafeMember(f"{member.name!r} would leave the directory")
