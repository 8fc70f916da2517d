"""Logging commands: found in lines, unescaped, turned into effects or complaints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.azure_devops.pipelines.agent.command_effects import (
    AddBuildTag,
    CommandFailed,
    CommandUnknown,
    Complete,
    LogIssue,
    SetProgress,
    SetSecret,
    SetVariable,
    Upload,
)
from simulator.azure_devops.pipelines.agent.command_readers import interpret
from simulator.azure_devops.pipelines.agent.logging_commands import (
    Command,
    escape,
    parse_command,
    unescape,
)
from simulator.azure_devops.pipelines.results import Result


@given(st.text())
def test_escaping_survives_the_way_there_and_back(text):
    assert unescape(escape(text)) == text
    assert not set(";\r\n]") & set(escape(text))


@given(st.text(), st.dictionaries(st.sampled_from(["variable", "issecret", "type"]), st.text(min_size=1)))
def test_a_written_command_is_read_back(data, properties):
    command = Command("task", "setvariable", properties, data)
    assert parse_command(str(command)) == command


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("##vso[task.debug]hello", Command("task", "debug", {}, "hello")),
        ("noise ##vso[task.debug]x", Command("task", "debug", {}, "x")),
        ("##vso[Task.SetVariable Variable=a;IsSecret=TRUE]v", None),
        ("##vso[task.setvariable variable=a=b]v", Command("task", "setvariable", {"variable": "a=b"}, "v")),
        ("##vso[task.setvariable variable=a;]v]w", Command("task", "setvariable", {"variable": "a"}, "v]w")),
        ("##vso[task.debug]50%AZP25%0A", Command("task", "debug", {}, "50%\n")),
        ("##vso[task.debug]%AZP250A", Command("task", "debug", {}, "%0A")),
    ],
)
def test_a_command_is_found_in_a_line(line, expected):
    found = parse_command(line)
    if expected is None:
        expected = Command("task", "setvariable", {"variable": "a", "issecret": "TRUE"}, "v")
    assert found == expected


@pytest.mark.parametrize(
    "line", ["", "plain", "##vso[task.debug", "##vso[task]x", "##vso[a.b.c]x", "##[error]x"]
)
def test_other_lines_hold_no_command(line):
    assert parse_command(line) is None


def effect(line: str) -> object:
    command = parse_command(line)
    assert command is not None
    return interpret(command)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("##vso[task.setvariable variable=x]v", SetVariable("x", "v")),
        (
            "##vso[task.setvariable variable=x;isOutput=true;issecret=True;isreadonly=false]v",
            SetVariable("x", "v", secret=True, output=True),
        ),
        ("##vso[task.setvariable variable=x;issecret=1]v", SetVariable("x", "v")),
        (
            "##vso[task.logissue type=error;sourcepath=a.py;linenumber=3;code=7]bad",
            LogIssue("error", "bad", {"type": "error", "sourcepath": "a.py", "linenumber": "3", "code": "7"}),
        ),
        ("##vso[task.issue type=warning]w", LogIssue("warning", "w", {"type": "warning"})),
        ("##vso[task.complete result=SucceededWithIssues;]m", Complete(Result.SUCCEEDED_WITH_ISSUES, "m")),
        ("##vso[task.setprogress value=150]x", SetProgress(100, "x")),
        ("##vso[task.setsecret]abc", SetSecret("abc")),
        ("##vso[build.addbuildtag]t", AddBuildTag("t")),
        (
            "##vso[artifact.upload artifactname=drop]out.txt",
            Upload("artifact", "out.txt", "drop", container="drop"),
        ),
    ],
)
def test_a_command_has_its_effect(line, expected):
    assert effect(line) == expected


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "##vso[task.setvariable]v",
            "Value cannot be null. (Parameter 'Required field 'variable' is missing in ##vso[task.setvariable]",
        ),
        ("##vso[task.setvariable variable=x;issecret=true]a%0Ab", "Secrets cannot contain multiple lines"),
        ("##vso[task.complete result=succeeded]", "Command doesn't have valid result value."),
        ("##vso[task.logissue type=fatal]x", "issue type fatal is not an expected issue type."),
        ("##vso[task.uploadsummary]", "Cannot upload summary file, summary file location is not specified."),
        ("##vso[task.addattachment type=a]x", "Value cannot be null. (Parameter 'Can't add task attachment"),
        (
            "##vso[task.setendpoint id=1;field=url]http://x",
            "Value cannot be null. (Parameter 'Invalid endpoint id.')",
        ),
        ("##vso[task.logdetail]x", "Value cannot be null. (Parameter 'Can't update timeline record"),
        ("##vso[artifact.upload]x", "Artifact Name is required."),
        (
            "##vso[artifact.associate artifactname=a]c:x",
            "Can't infer artifact type from artifact location: c:x.",
        ),
        ("##vso[build.updatebuildnumber]", "Build number is required."),
        ("##vso[release.updatereleasename]x", "release commands are not supported for Build flow."),
        ("##vso[task.dance]x", "##vso[task.dance] is not a recognized command for Task command extension."),
    ],
)
def test_a_wrong_command_fails_with_the_agents_words(line, text):
    with pytest.raises(CommandFailed) as caught:
        effect(line)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("line", ["##vso[dance.now]x", "##vso[task.logissue]x"])
def test_what_the_agent_only_warns_of_is_told_apart(line):
    with pytest.raises(CommandUnknown):
        effect(line)


def test_a_progress_that_is_no_number_is_none_at_all():
    assert effect("##vso[task.setprogress value=x]") == SetProgress(0, "")
