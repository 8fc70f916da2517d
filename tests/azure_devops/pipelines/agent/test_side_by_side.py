"""Jobs side by side on the agents of a pool, and the form of what they write."""

from __future__ import annotations

import re

from simulator.azure_devops.pipelines.agent_rows import HOSTED_AGENTS
from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import prints, records, script_of

_JOBS = HOSTED_AGENTS + 2


async def _holding(served, names, count):
    """Returns as soon as so many works hold."""
    at = 0
    while len(names) < count:
        await served.kernel.log.wait(at, 0.05)
        at = served.kernel.log.last()


def test_as_many_jobs_run_side_by_side_as_the_pool_has_agents(queued, served):
    engine, names = prints(), []

    def holds(work):
        held = "hold" in script_of(work)
        names.extend([work.name] * held)
        return held

    engine.script("agent", Script(held=True), when=holds)
    jobs = "".join(
        f"\n  - {{job: J{n}, steps: [{{checkout: none}}, {{script: hold}}]}}" for n in range(_JOBS)
    )
    build = queued(f"trigger: none\njobs:{jobs}", engine, rest=False)
    for ended in range(_JOBS - HOSTED_AGENTS + 1):
        served.run(_holding(served, names, HOSTED_AGENTS + ended))
        states = [state for _, state, _ in records(served, build, "Job")]
        counts = (states.count("completed"), states.count("inProgress"), states.count("pending"))
        assert counts == (ended, HOSTED_AGENTS, _JOBS - HOSTED_AGENTS - ended)
        served.run(served.engine.finish(names[ended]))
    for name in names[_JOBS - HOSTED_AGENTS + 1 :]:
        served.run(served.engine.finish(name))
    served.rest()
    assert {result for _, _, result in records(served, build, "Job")} == {"succeeded"}


def test_a_log_has_the_agents_lines_each_with_its_time(queued, served):
    build = queued(
        "trigger: none\nsteps: [{checkout: none}, {bash: tell, displayName: Tell}]",
        prints(tell="one\n##[group]two\nsecret?"),
    )
    with served.client() as client:
        base = f"ml/_apis/build/builds/{build['id']}"
        rows = client.get(f"{base}/timeline").json()["records"]
        log = next(row["log"]["id"] for row in rows if row["name"] == "Tell")
        text = client.get(f"{base}/logs/{log}", headers={"accept": "text/plain"}).text
    lines = text.splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z ", line) for line in lines)
    said = [line[29:] for line in lines]
    rule = "=" * 78
    assert said[:3] == ["##[section]Starting: Tell", rule, "Task         : Bash"]
    assert [line.partition(" :")[0].strip() for line in said[3:7]] == [
        "Description",
        "Version",
        "Author",
        "Help",
    ]
    assert said[7:10] == [
        rule,
        "Generating script.",
        "========================== Starting Command Output ===========================",
    ]
    assert re.match(
        r"\[command\]/usr/bin/bash --noprofile --norc /home/vsts/work/_temp/[0-9a-f-]{36}\.sh$", said[10]
    )
    assert said[11:] == ["one", "##[group]two", "secret?", "##[section]Finishing: Tell"]
