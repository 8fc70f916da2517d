"""The real tasks of the AWS toolkit and ours, the same steps in two worlds: how their results and logs differ.

    npm ci --ignore-scripts && npx ts-node ./build-scripts/generateRunners.ts && npx tsc -p ./     # in CHECKOUT
    python -m tests.conformance.aws_tasks CHECKOUT [PART]    # aws/aws-toolkit-azure-devops, with node; PART of a name

The steps are those of aws_task_steps.yaml. Both runs have an empty world of their own; what each says is compared line
by line, without times, identifiers and what node says of itself.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.azure_devops.tasks.programs import TaskWorld
from tests.conformance.aws_task_steps import Scenario, prepare, scenarios

_STARTER = """
process.env.NODE_PATH = %(sources)s + ':' + %(packages)s
require('module').Module._initPaths()
const { SdkUtils } = require('lib/sdkutils')
const manifest = require('path').join(__dirname, 'task.json')
SdkUtils.readResources = () => {
    require('azure-pipelines-task-lib/task').setResourcePath(manifest)
    SdkUtils.setSdkUserAgentFromManifest(manifest)
}
require('tasks/%(task)s/%(task)s.runner.js')
"""
_SAME = (
    (re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z "), ""),
    (re.compile(r"/tmp/simulator-[^/\s]+/azure_devops/work/\d+/[0-9a-f-]{36}/home"), "<home>"),
    (re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"), "<id>"),
    (re.compile(r"/tmp/tmp[a-z0-9_]{8}/"), "<tools>/"),
    (re.compile(r"awsshellscript_[^.]+\."), "awsshellscript_<id>."),
    (re.compile(r"/home/vsts/work/"), "<home>/work/"),
    (re.compile(r"(:secret:\S+)-\w{6}\b"), r"\1"),
    (re.compile(r"(SyntaxError): .*"), r"\1"),
    (re.compile(r"(Generated url to template): .*"), r"\1"),
    (re.compile(r"(returned error: '.*)'\.$"), r"\1"),
    (re.compile(r"Error \[(\w+)\]"), r"\1"),
    (re.compile(r"\bd-[A-Z0-9]{9}\b"), "<deployment>"),
    (re.compile(r"\bv\d{13}\b"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\w{3} \w{3} \d\d \d{4} [\d:]+ GMT\S*( \([^)]*\))?"), "<time>"),
    (re.compile(r"X-Amz-[\w-]+=[^&\s]+&?|(AWSAccessKeyId|Signature|Expires|x-amz-security-token)=[^&\s]+&?"), ""),
    (re.compile(r"\b[0-9A-Za-z]{12,}::[0-9A-Za-z]+\b"), "<request>"),
)  # fmt: skip
_RULE = "=" * 78
_OF_NODE = re.compile(
    r"^  \w+: |^\}|^\(node:|^\(Use `node|^\s+at |^\s*$|AWS SDK for JavaScript|migrat|^Agent name|^Task version"
)


def main(checkout: Path, part: str = "") -> int:
    """Run each scenario in the one world, then in the other; print what differs."""
    chosen = [each for each in scenarios() if part in each.name]
    with tempfile.TemporaryDirectory() as place:
        tasks = _on_disk(checkout.resolve(), Path(place))
        ours, real = _all(chosen, {}), _all(chosen, {"tasks": tasks})
    pairs = zip(chosen, ours, real, strict=True)
    different = sum(_differs(scenario, one, two) for scenario, one, two in pairs)
    print(f"{len(chosen) - different} of {len(chosen)} say the same and end the same")
    return 1 if different else 0


def _all(scenarios: list[Scenario], settings: dict[str, Path]) -> list[list[str]]:
    """What a world says to each scenario; one world at a time, for moto's memory is the process's."""
    world = TaskWorld(**settings)
    try:
        prepare(world)
        return [_said(world, scenario) for scenario in scenarios]
    finally:
        world.stop()


def _differs(scenario: Scenario, ours: list[str], real: list[str]) -> bool:
    lines = list(difflib.unified_diff(ours, real, "ours", "real", lineterm="", n=1))
    print(f"{'DIFFERENT' if lines else 'same':10}{scenario.name}", flush=True)
    for line in lines:
        print(f"          {line}", flush=True)
    return bool(lines)


def _on_disk(checkout: Path, place: Path) -> Path:
    """A folder a task, with its task.json and a script that starts the compiled task."""
    sources = checkout / "build" / "src"
    (place / "tasks").mkdir()
    for each in sorted((checkout / "src" / "tasks").iterdir()):
        given = json.loads((each / "task.json").read_text())
        if "PowerShell3" in given["execution"]:
            continue
        folder = place / "tasks" / each.name
        folder.mkdir()
        whole = {**given, "version": {"Major": "1", "Minor": "23", "Patch": "0"}}
        (folder / "task.json").write_text(json.dumps(whole))
        starter = _STARTER % {
            "sources": json.dumps(str(sources)),
            "packages": json.dumps(str(checkout / "node_modules")),
            "task": each.name,
        }
        for handler in given["execution"].values():
            (folder / handler["target"]).write_text(starter)
    return place / "tasks"


def _said(world: TaskWorld, scenario: Scenario) -> list[str]:
    running = world.simulator.simulator.working
    env = {
        "HTTPS_PROXY": f"http://127.0.0.1:{running.proxy_port}",
        "NODE_EXTRA_CA_CERTS": str(running.certificates),
        "NO_PROXY": "localhost,127.0.0.1",
        "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
    }
    steps: list[dict[str, object]] = [{"checkout": "self"}]
    for step in scenario.steps:
        if isinstance(step, str):
            steps.append({"bash": step, "displayName": "script", "condition": "always()"})
            continue
        name, inputs = step
        given = {"awsCredentials": "aws-staging", "regionName": "us-east-1", **inputs}
        steps.append({"task": f"{name}@1", "inputs": given, "env": env, "continueOnError": True})
    text = "".join(f"  - {json.dumps(step)}\n" for step in steps)
    world.push({"azure-pipelines.yml": f"trigger: none\nsteps:\n{text}", **scenario.files})
    run = world.azure.post("pipelines/1/runs", json={}).json()["id"]
    result, log = world.ended(run, timeout_seconds=400)
    return [result, *filter(None, (_line(line) for line in _after_checkout(log)))]


def _after_checkout(log: str) -> list[str]:
    lines = log.splitlines()
    ends = [number for number, line in enumerate(lines) if "Finishing: Checkout" in line]
    return list(_without_heads(lines[ends[0] + 1 :] if ends else lines))


def _without_heads(lines: list[str]) -> Iterator[str]:
    """The lines without the heads of the tasks, whose help is prose that ours does not have."""
    inside = False
    for line in lines:
        if line.endswith(_RULE):
            inside = not inside
        elif not inside:
            yield line


def _line(line: str) -> str:
    for pattern, text in _SAME:
        line = pattern.sub(text, line)
    return "" if _OF_NODE.search(line) else line.rstrip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
