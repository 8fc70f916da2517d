"""Annotated tags of a bare repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulator.azure_devops.git.objects import Signature
from simulator.azure_devops.git.program import git


@dataclass(frozen=True)
class Tag:
    """One annotated tag: what it names, who made it, and its message."""

    name: str
    target: str
    kind: str
    tagger: Signature
    message: str


async def make_tag(repository: Path, name: str, target: str, message: str, by: Signature) -> str:
    """Write the object of a tag (no ref); its id."""
    kind = (await git(repository, "cat-file", "-t", target)).decode().strip()
    seconds = int(datetime.fromisoformat(by.date).timestamp())
    text = (
        f"object {target}\ntype {kind}\ntag {name}\n"
        f"tagger {by.name} <{by.email}> {seconds} +0000\n\n{message.rstrip()}\n"
    )
    return (
        (await git(repository, "hash-object", "-t", "tag", "-w", "--stdin", given=text.encode()))
        .decode()
        .strip()
    )


async def read_tag(repository: Path, identifier: str) -> Tag:
    """The tag with that id."""
    text = (await git(repository, "cat-file", "tag", identifier)).decode(errors="replace")
    head, _, message = text.partition("\n\n")
    facts = dict(line.split(" ", 1) for line in head.splitlines() if " " in line)
    who, _, rest = facts.get("tagger", " <> 0 +0000").partition(" <")
    email, _, when = rest.partition("> ")
    moment = datetime.fromtimestamp(int(when.split()[0]), UTC)
    tagger = Signature(who, email, moment.isoformat())
    return Tag(facts["tag"], facts["object"], facts["type"], tagger, message.rstrip("\n"))
