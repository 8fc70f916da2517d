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
    interpret,
)
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
            LogIssue("error", "bad", "a.py", 3, 0, "7"),
        ),
        ("##vso[task.issue type=warning]w", LogIssue("warning", "w")),
        ("##vso[task.complete result=succeededwithissues;]m", Complete(Result.SUCCEEDED_WITH_ISSUES, "m")),
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
            "Required field 'variable' is missing in ##vso[task.setvariable] command.",
        ),
        ("##vso[task.setvariable variable=x;issecret=true]a%0Ab", "Secrets cannot contain multiple lines"),
        ("##vso[task.setsecret]a%0Db", "Secrets cannot contain multiple lines"),
        ("##vso[task.complete result=fine]", "Command doesn't have valid result value: 'fine'."),
        ("##vso[task.logissue type=fatal]x", "Unknown issue type 'fatal'"),
        ("##vso[task.setprogress value=x]", "Value of the progress is not a number: 'x'"),
    ],
)
def test_a_wrong_command_fails_with_the_agents_words(line, text):
    with pytest.raises(CommandFailed) as caught:
        effect(line)
    assert str(caught.value).startswith(text)


def test_an_unknown_command_is_told_apart():
    with pytest.raises(CommandUnknown):
        effect("##vso[task.dance]x")
