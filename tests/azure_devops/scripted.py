"""Scripted work for pipelines: what steps print, and how a test looks at a run."""

from __future__ import annotations

from simulator.runtime.engine_scripted import Script, ScriptedEngine

SIMPLE = """
trigger: none
steps:
  - checkout: none
  - script: echo hello
    displayName: Say hello
"""


def script_of(work):
    """The text of the script that a step runs."""
    for mount in work.mounts:
        if mount.target == "/home/vsts":
            inside = work.command[-1].removeprefix("/home/vsts/")
            script = mount.source / inside
            return script.read_text() if script.is_file() else ""
    return ""


def prints(**answers):
    """An engine whose works print what the test says for a word of their script, and fail for `fail`."""

    def effect(work):
        text = script_of(work) if work.command[-1].endswith(".sh") else ""
        return "\n".join(line for word, line in answers.items() if word in text)

    engine = ScriptedEngine()
    engine.script("agent", Script(effect=effect))
    engine.script("agent", Script(code=3), when=lambda work: "exit 3" in script_of(work))
    return engine


_AGENTS_OWN = ("JobExtension_Init", "JobExtension_Final", "_post")
"""Records that the agent adds to the steps of each job."""


def records(served, build, kind):
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    return sorted(
        (
            (row["name"], row["state"], row["result"])
            for row in found
            if row["type"] == kind and not row["identifier"].endswith(_AGENTS_OWN)
        ),
        key=lambda row: row[0],
    )


def log_text(served, build):
    with served.client() as client:
        base = f"ml/_apis/build/builds/{build['id']}/logs"
        logs = client.get(base).json()["value"]
        return "".join(
            client.get(f"{base}/{log['id']}", headers={"accept": "text/plain"}).text for log in logs
        )


async def started(served, word, but=""):
    """The name of a work (not `but`) whose script holds `word`, as soon as it runs."""
    at = 0
    while True:
        for work in served.engine.started:
            if work.name != but and word in script_of(work):
                return work.name
        await served.kernel.log.wait(at, 0.05)
        at = served.kernel.log.last()
