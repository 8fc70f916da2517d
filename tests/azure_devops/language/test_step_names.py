"""What the steps of a job are called in the service's sentences."""

from __future__ import annotations

from simulator.azure_devops.language.reading.step_names import step_names
from simulator.azure_devops.language.source import SequenceNode, parse_source


def test_steps_without_a_name_have_their_tasks_and_are_numbered_where_there_are_several():
    """`GenerateDefaultTaskNames` of actions/runner (2019, MIT)."""
    steps = parse_source(
        "- {task: AWSCLI@1}\n- {script: a}\n- {script: b, name: Cmdline2}\n- {script: c}\n"
        "- {script: d, enabled: false}\n- {script: e}\n- {task: my.own-task@2}\n- {task: AWSCLI@1, name: awscli}\n",
        "/a.yml",
    )
    assert isinstance(steps, SequenceNode)
    assert step_names(steps.items) == (
        "AWSCLI1",
        "CmdLine1",
        "Cmdline2",
        "CmdLine3",
        "",
        "CmdLine4",
        "myowntask",
        "awscli",
    )
