"""What is canceled or takes too long ends: the program of a step and all that it has started."""

from __future__ import annotations

from pathlib import Path

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


def _running(word):
    """How many processes of this machine have the word in their command line."""
    found = 0
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += word.encode() in place.read_bytes().split(b"\0")[0]
        except OSError:
            continue  # it has just ended
    return found


async def _said(served, run, text):
    at = 0
    while text not in "".join(
        path.read_text() for path in served.directory.glob(f"azure_devops/logs/{run}/*.log")
    ):
        await served.kernel.log.wait(at, 0.05)
        at = served.kernel.log.last()


def test_a_cancel_interrupts_terminates_and_kills_the_whole_tree(jobs, monkeypatch):
    # The agent's own 7.5 and 2.5 seconds, shorter.
    monkeypatch.setattr("simulator.azure_devops.pipelines.agent.job_room._INTERRUPT_SECONDS", 0.3)
    run = jobs.start(_TREE)
    jobs.served.run(_said(jobs.served, run["id"], "Z all are there"))
    assert (_running("grandchild-of-the-step"), _running("stranger-of-the-step")) == (1, 1)
    with jobs.served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{run['id']}", json={"status": "cancelling"}).raise_for_status()
    build, log = jobs.ended(run)
    assert build["result"] == "canceled"
    assert "##[error]The Operation will be canceled." in log
    assert 0 < log.index("Z interrupted") < log.index("Z terminated")
    assert "the job is Canceled" in log
    assert (_running("grandchild-of-the-step"), _running("stranger-of-the-step")) == (0, 0)
