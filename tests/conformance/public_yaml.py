"""Public azure-pipelines.yml files through the compiler: how many compile, and why the others are refused.

`python -m tests.conformance.public_yaml FOLDER` compiles those listed in public_yaml.tsv (repository, commit, path)
from clones or bare copies in FOLDER (`owner/name`, `owner+name` or `owner+name/repo`); nothing of them is kept here.
`--collect` writes the list anew from what FOLDER holds, without files that need a repository that is not there.
Parameters without default get a value of their type; variable groups, environments and service connections count as
there.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.final_yaml import final_yaml
from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.outline import read_outline
from simulator.azure_devops.language.plan import Parameter, Plan, Step

LIST = Path(__file__).with_suffix(".tsv")
MOST_OF_A_REPOSITORY = 30
MOST = 500
VARIABLES = {
    "Build.Reason": "Manual",
    "Build.SourceBranch": "refs/heads/main",
    "Build.SourceBranchName": "main",
    "Build.DefinitionName": "pipeline",
    "Build.Repository.Name": "repository",
    "System.TeamProject": "public",
    "System.CollectionUri": "https://dev.azure.com/public/",
}
_BODY = re.compile(r"^(steps|jobs|stages|extends) *:", re.MULTILINE)
_ROOT_ONLY = re.compile(r"^(trigger|pr|schedules|pool|resources|name) *:", re.MULTILINE)
_OF_VALUES = {"number": 1, "boolean": False, "object": {}, "string": "value"}


@dataclass(frozen=True)
class Listed:
    """One file of the list."""

    repository: str
    commit: str
    path: str


class Folder:
    """The clones in a folder, read by git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts: dict[Listed, str | None] = {}

    def git_directory(self, repository: str) -> Path | None:
        """Where a repository's objects are, None where it is not here."""
        flat = repository.replace("/", "+")
        places = (self.folder / repository, self.folder / flat / "repo", self.folder / flat)
        for place in places:
            for found in (place / ".git", place):
                if (found / "objects").is_dir():
                    return found
        return None

    def repositories(self) -> list[str]:
        """All that are here, as `owner/name`."""
        flat = [path.name.replace("+", "/", 1) for path in self.folder.iterdir() if "+" in path.name]
        owners = (path for path in self.folder.iterdir() if "+" not in path.name)
        nested = [f"{owner.name}/{path.name}" for owner in owners for path in owner.glob("*/")]
        return sorted(name for name in {*flat, *nested} if self.git_directory(name) is not None)

    def git(self, repository: str, *arguments: str) -> str | None:
        """What a git command prints, None where it fails."""
        directory = self.git_directory(repository)
        if directory is None:
            return None
        made = subprocess.run(["git", f"--git-dir={directory}", *arguments], capture_output=True, check=False)
        return made.stdout.decode("utf-8", "replace") if made.returncode == 0 else None

    def text(self, file: Listed) -> str | None:
        """A file's text, None where it is not here."""
        if file not in self._texts:
            self._texts[file] = self.git(file.repository, "show", f"{file.commit}:{file.path}")
        return self._texts[file]


def candidates(folder: Folder, repository: str) -> Iterator[Listed]:
    """The files of a repository's newest commit that are pipelines of their own, not templates of others."""
    commit = (folder.git(repository, "rev-parse", "HEAD") or "").strip()
    pattern = ["-lE", "^(steps|jobs|stages|extends) *:", "HEAD", "--", "*.yml", "*.yaml"]
    for line in (folder.git(repository, "grep", *pattern) or "").splitlines():
        path = line.removeprefix("HEAD:")
        if path.startswith((".github/", "test")) or "/test" in path.lower() or "template" in path.lower():
            continue
        file = Listed(repository, commit, path)
        text = folder.text(file) or ""
        named = Path(path).name.lower().startswith("azure-pipelines")
        if _BODY.search(text) and (named or _ROOT_ONLY.search(text)) and "runs-on:" not in text:
            try:
                compiled(folder, file)
            except Elsewhere:
                continue
            except PipelineInvalid:
                pass
            yield file


def collect(folder: Folder, skipped: tuple[str, ...]) -> None:
    """Writes the list anew: as many repositories as there are, one file of each in turn."""
    found = {name: list(candidates(folder, name)) for name in folder.repositories() if name not in skipped}
    turns = [
        files[turn] for turn in range(MOST_OF_A_REPOSITORY) for files in found.values() if turn < len(files)
    ]
    rows = sorted(f"{file.repository}\t{file.commit}\t{file.path}" for file in turns[:MOST])
    LIST.write_text("repository\tcommit\tpath\n" + "\n".join(rows) + "\n")
    print(f"{len(rows)} files of {len({row.split(chr(9))[0] for row in rows})} repositories")


def listed() -> list[Listed]:
    """The committed list."""
    return [Listed(*line.split("\t")) for line in LIST.read_text().splitlines()[1:]]


class Elsewhere(Exception):
    """The pipeline takes templates from a repository that is not in the folder."""


def compiled(folder: Folder, file: Listed) -> Plan:
    """Compiles one file as a run of it would. Raises PipelineInvalid, and Elsewhere."""
    aliases: dict[str, str] = {}

    def read(path: str) -> str | None:
        name, _, alias = path.partition("@")
        if not alias:
            return folder.text(Listed(file.repository, file.commit, name))
        repository = aliases.get(alias.lower(), "")
        if folder.git_directory(repository) is None:
            raise Elsewhere(repository or alias)
        return folder.text(Listed(repository, "HEAD", name))

    try:
        outline = read_outline(file.path, read, VARIABLES)
    except PipelineInvalid:
        return compile_pipeline(file.path, read, {}, VARIABLES, groups=lambda name: {})
    aliases.update({each.alias.lower(): each.name for each in outline.resources.repositories})
    given = {each.name: _value(each) for each in outline.parameters if each.value is None}
    return compile_pipeline(file.path, read, given, VARIABLES, groups=lambda name: {})


def _value(parameter: Parameter) -> object:
    return parameter.values[0] if parameter.values else _OF_VALUES.get(parameter.type, [])


def reason(message: str) -> str:
    """An error's sentence without its place and names, to group by."""
    sentence = re.sub(r"^/\S+( \(Line: \d+, Col: \d+\))?: ", "", message)
    sentence = re.sub(r"^\(Line.*?\): ", "", sentence)
    sentence = re.sub(
        r"File \S+ not found in repository .*", "File <path> not found in repository <name>", sentence
    )
    sentence = re.sub(r"name \S+ could not", "name <name> could not", sentence)
    sentence = re.sub(r"^(Job|Stage) \S+( job \S+)?:?( Step \S+)?", r"\1 <name>", sentence)
    return re.sub(r"'[^']*'", "'<text>'", sentence)[:160]


def steps(plan: Plan) -> Iterator[Step]:
    """Every step of a plan."""
    for stage in plan.stages:
        for job in stage.jobs:
            yield from job.steps
            for hook in job.hooks.values():
                yield from hook.steps


def main() -> None:
    """Collects, or compiles all and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--collect", action="store_true")
    parser.add_argument("--skip", default="", help="repositories that are not to be listed, parted by commas")
    asked = parser.parse_args()
    folder = Folder(asked.folder)
    if asked.collect:
        collect(folder, tuple(asked.skip.split(",")))
        return
    good, absent, unknown = 0, 0, Counter[str]()
    refused: dict[str, list[str]] = defaultdict(list)
    for file in listed():
        if folder.text(file) is None:
            absent += 1
            continue
        try:
            plan = compiled(folder, file)
            final_yaml(plan)
            good += 1
            unknown.update({f"{step.task}@{step.version}" for step in steps(plan) if not step.known})
        except PipelineInvalid as refusal:
            first = refusal.message.splitlines()[0]
            refused[reason(first)].append(f"{file.repository}: {file.path}: {first}")
    tried = good + sum(len(files) for files in refused.values())
    print(f"{good} of {tried} compile ({100 * good / max(tried, 1):.1f} %); {absent} are not in the folder")
    for sentence, files in sorted(refused.items(), key=lambda item: -len(item[1])):
        for shown in (f"{len(files):4} {sentence}", *(f"       {each[:300]}" for each in files)):
            print(shown)
    print(
        "tasks outside the catalogue:",
        ", ".join(f"{name} ({count})" for name, count in unknown.most_common(40)),
    )


if __name__ == "__main__":
    main()
