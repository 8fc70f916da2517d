"""What is canceled or takes too long ends: the program of a step and all that it has started."""

from __future__ import annotations

import re

from tests.azure_devops.pipelines.agent.conftest import running

_TREE = """
steps:
  - checkout: none
  - bash: |
      trap 'echo interrupted' INT
      trap 'echo terminated; exit 3' TERM
      (trap '' INT TERM; exec -a grandchild-of-the-step sleep 1000) &
      setsid bash -c 'trap "" INT TERM HUP; exec -a stranger-of-the-step sleep 1000' &
      until grep -qs stranger-of-the-step /proc/[0-9]*/cmdline; do read -t 0.05 < /dev/zero; done
      echo all are there
      while true; do read -t 0.05 < /dev/zero; done
    displayName: Hold on
  - bash: echo the job is $(Agent.JobStatus)
    condition: always()
"""


def test_a_cancel_interrupts_terminates_and_kills_the_whole_tree(jobs, monkeypatch):
    # The agent's own 7.5 and 2.5 seconds, shorter.
    monkeypatch.setattr("simulator.azure_devops.pipelines.agent.job_room._INTERRUPT_SECONDS", 0.3)
    run = jobs.start(_TREE)
    jobs.said(run, "Z all are there")
    assert (running("grandchild-of-the-step"), running("stranger-of-the-step")) == (1, 1)
    with jobs.served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{run['id']}", json={"status": "cancelling"}).raise_for_status()
    build, log = jobs.ended(run)
    assert build["result"] == "canceled"
    assert "##[error]The Operation will be canceled." in log
    assert 0 < log.index("Z interrupted") < log.index("Z terminated")
    assert "the job is Canceled" in log
    assert (running("grandchild-of-the-step"), running("stranger-of-the-step")) == (0, 0)
    # The step's own bash has ended by itself; what it left did not heed the signals and is ended with the job.
    assert len(re.findall(r"Z Terminate orphan process: pid \(\d+\) \(sleep\)\n", log)) == 2
