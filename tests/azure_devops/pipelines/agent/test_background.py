"""What a step leaves in the background answers the next step, lives as long as its job, and is ended by the agent."""

from __future__ import annotations

import re

from tests.azure_devops.pipelines.agent.conftest import running

_SERVE = """
  - bash: |
      mkdir site && cd site && echo "the server of {name}" > index.html
      nohup bash -c 'exec -a server-of-a-step python3 -m http.server 8081 --bind 127.0.0.1' > log 2>&1 &
      echo $! > $(Agent.TempDirectory)/number; echo kept > /tmp/{name}
      until grep -qs Serving log; do read -t 0.05 < /dev/zero; done
      echo it serves
  - bash: |
      curl --silent --fail http://localhost:8081/
      kill -0 $(cat $(Agent.TempDirectory)/number) && echo "it is $(cat $(Agent.TempDirectory)/number)"
      ls /tmp
"""
_SIDE_BY_SIDE = """
jobs:
- job: One
  steps:
  - checkout: none
{one}
- job: Two
  steps:
  - checkout: none
{two}
- job: After
  dependsOn: [One, Two]
  steps:
  - checkout: none
  - bash: curl --silent http://localhost:8081/ || echo "nobody answers"; ls -A /tmp
"""


def test_a_server_answers_the_next_step_of_its_job_and_is_gone_after_it(jobs):
    yaml = _SIDE_BY_SIDE.format(one=_SERVE.format(name="one"), two=_SERVE.format(name="two"))
    build, log = jobs.run(yaml)
    assert build["result"] == "succeeded", log
    assert log.count("Z the server of one\n") == log.count("Z the server of two\n") == 1
    assert log.count("Z one\n") == log.count("Z two\n") == 1, "/tmp is the job's"
    assert log.count("Z nobody answers\n") == 1
    told = re.findall(r"orphan processes\.\n\S+Z Terminate orphan process: pid \((\d+)\) \(python3\)", log)
    assert sorted(told) == sorted(re.findall(r"Z it is (\d+)\n", log))
    assert running("server-of-a-step") == 0


def test_a_step_hears_what_holds_its_output_for_as_long_as_the_task_library_does(jobs):
    build, log = jobs.run("""
variables: {TASKLIB_TEST_TOOLRUNNER_EXITDELAY: 200, process.clean: false}
steps:
- checkout: none
- bash: |
    (echo from behind; while read -t 0.05 < /dev/zero; [ $? -gt 128 ]; do :; done) &
    echo in front
- bash: echo next
""")
    assert build["result"] == "succeeded"
    said = (
        "The STDIO streams did not close within 0.2 seconds of the exit event from process '/usr/bin/bash'. This may"
        " indicate a child process inherited the STDIO streams and has not yet exited."
    )
    assert 0 < log.index("Z from behind\n") < log.index(f"Z {said}\n") < log.index("Z next\n")
    assert "orphan" not in log, "process.clean: false"


def test_the_output_of_a_server_is_closed_with_its_step(jobs):
    """Whoever goes on to write to it ends by SIGPIPE, as on a real agent."""
    _, log = jobs.run("""
variables: {TASKLIB_TEST_TOOLRUNNER_EXITDELAY: 0}
steps:
- checkout: none
- bash: |
    (until test -e $(Agent.TempDirectory)/go; do read -t 0.02 < /dev/zero; done; echo more
     touch $(Agent.TempDirectory)/lived) &
    echo $! > $(Agent.TempDirectory)/number
- bash: |
    touch $(Agent.TempDirectory)/go
    while kill -0 $(cat $(Agent.TempDirectory)/number) 2>/dev/null; do read -t 0.02 < /dev/zero; done
    test -e $(Agent.TempDirectory)/lived || echo "it was ended"
""")
    assert "Z it was ended\n" in log
    assert "Terminate orphan process" not in log


def test_a_machine_that_was_lost_is_told_and_the_job_goes_on_with_another(jobs):
    run = jobs.start("""
steps:
- checkout: none
- bash: |
    touch /tmp/before; echo it waits
    until test -e $(Pipeline.Workspace)/go; do read -t 0.05 < /dev/zero; done
- bash: test ! -e /tmp/before && echo "a new one"
  condition: always()
""")

    async def lost():
        (machine,) = [name for name in await jobs.served.engine.known() if name.endswith("-machine")]
        await jobs.served.engine.stop(machine, 0)

    jobs.said(run, "Z it waits")
    jobs.served.run(lost())
    build, log = jobs.ended(run)
    assert build["result"] == "failed"
    assert "##[warning]The job's machine had ended, and a new one goes on" in log
    assert "Z a new one\n" in log
