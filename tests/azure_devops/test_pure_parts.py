"""Tables for what decides without effects: versions, scopes, routes, graphs, gates, patterns, push commands."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import simulator.azure_devops.pipelines.tasks
from simulator.azure_devops import api_version, locations, scopes
from simulator.azure_devops.git.pkt_line import packet, push_head, report
from simulator.azure_devops.git.refs import NO_OBJECT, RefUpdate, changes
from simulator.azure_devops.language.plan import Plan, Stage
from simulator.azure_devops.pipelines.gates.approval_steps import open_step, outcome
from simulator.azure_devops.pipelines.graph_run import ready
from simulator.azure_devops.pipelines.stage_retry import dependents
from simulator.azure_devops.pipelines.tasks.artifacts import matcher
from simulator.azure_devops.pipelines.test_formats.case import ResultsInvalid
from simulator.azure_devops.pipelines.test_formats.junit import read as read_junit


@pytest.mark.parametrize(
    "path, area, resource, values",
    [
        ("_apis/projects", "core", "projects", {}),
        ("ML/_apis/GIT/repositories/x/refs/heads/a", "git", "refs",
         {"project": "ML", "repositoryid": "x", "filter": "heads/a"}),
        ("ml/_apis/pipelines/approvals", "approval", "approvals", {"project": "ml"}),
        ("ml/_apis/Pipelines/3/runs/4", "Pipelines", "runs", {"project": "ml", "pipelineid": "3", "runid": "4"}),
        ("ml/_apis/build/builds/3/timeline", "build", "Timeline", {"project": "ml", "buildid": "3"}),
    ],
)  # fmt: skip
def test_a_path_finds_its_location(path, area, resource, values):
    match = locations.matches(path)[0]
    assert (match.location.area, match.location.resource, match.values) == (area, resource, values)


def test_every_endpoint_stands_at_a_location_of_the_table():
    from simulator.azure_devops.endpoint import ENDPOINTS
    from simulator.azure_devops.endpoints import areas

    areas.load()
    assert len(ENDPOINTS) > 50
    assert {locations.location(identifier).id for _, identifier in ENDPOINTS} == {key[1] for key in ENDPOINTS}


def test_without_a_scope_a_token_opens_only_what_clients_need_to_find_their_way():
    from simulator.azure_devops.endpoint import ENDPOINTS
    from simulator.azure_devops.endpoints import areas

    areas.load()
    opened = {key[1] for key, target in ENDPOINTS.items() if scopes.allows((), target.scope)}
    resources = {locations.location(identifier).resource.lower() for identifier in opened}
    assert resources == {
        *("accesscontrollists", "connectiondata", "me", "oidctoken", "operations", "resourceareas"),
        *("securitynamespaces", "webhooks", "yamlschema"),
        # What somebody may do: asked, not changed.
        *("permissions", "permissionevaluationbatch", "roleassignments", "roledefinitions"),
        *(
            "badge",
            "signedartifactscontent",
            "signedlogcontent",
        ),  # public, or opened by the signature of the URL
    }


@pytest.mark.parametrize(
    "accept, query, asked",
    [
        ("application/json;api-version=7.1-preview.1", {}, "7.1-preview.1"),
        ("application/json; api-version=5.0", {"api-version": "7.1"}, "7.1"),
        ("application/json", {}, ""),
    ],
)
def test_the_asked_version_comes_from_the_query_or_the_accept_header(accept, query, asked):
    assert api_version.requested({"accept": accept}, query) == asked


@pytest.mark.parametrize(
    "held, needed, allowed",
    [
        (("vso.code_write",), "vso.code", True),
        (("vso.code",), "vso.code_write", False),
        (("vso.build_execute",), "vso.test", True),
        (("vso.build",), "vso.build_execute", False),
        (("app_token",), "vso.serviceendpoint_manage", True),
        ((), "vso.build", False),
        ((), None, True),
    ],
)
def test_a_scope_includes_what_is_below_it(held, needed, allowed):
    assert scopes.allows(held, needed) is allowed


def test_refs_that_changed_appeared_and_went_are_told():
    found = changes({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"})
    assert found == [RefUpdate("b", "2", "9"), RefUpdate("c", "3", NO_OBJECT), RefUpdate("d", NO_OBJECT, "4")]


def test_push_commands_are_read_only_when_they_are_whole():
    line = packet(f"{'1' * 40} {'2' * 40} refs/heads/main\0 report-status side-band-64k\n".encode())
    assert push_head(line) is None
    push = push_head(line + b"0000PACK")
    assert push is not None
    assert push.commands == (("1" * 40, "2" * 40, "refs/heads/main"),)
    assert b"ng refs/heads/main no\n" in report(push, {"refs/heads/main": "no"})


def test_nodes_are_ready_when_all_they_need_has_ended():
    nodes = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
    assert ready(nodes, frozenset(), frozenset()) == ["a"]
    assert ready(nodes, frozenset("a"), frozenset("a")) == ["b", "c"]
    assert ready(nodes, frozenset("abc"), frozenset("ab")) == []


def approval(*answers, needed=1, order="anyOrder"):
    steps = [
        {"assignedApprover": name, "status": status} for name, status in zip("xyz", answers, strict=False)
    ]
    return {"steps": steps, "minRequiredApprovers": needed, "executionOrder": order}


@pytest.mark.parametrize(
    "row, ends",
    [
        (approval("pending", "pending"), "pending"),
        (approval("approved", "pending"), "approved"),
        (approval("approved", "pending", needed=2), "pending"),
        (approval("approved", "pending", needed=0), "pending"),
        (approval("approved", "approved", needed=0), "approved"),
        (approval("approved", "rejected", needed=0), "rejected"),
    ],
)
def test_an_approval_ends_when_enough_approved_or_one_rejected(row, ends):
    assert outcome(row) == ends


def test_in_sequence_only_the_first_open_step_may_be_answered():
    row = approval("pending", "pending", order="inSequence")
    assert open_step(row, "y") is None
    assert open_step(row, "x") is row["steps"][0]
    assert open_step(approval("pending", "pending"), "y") is not None


def test_a_retried_stage_takes_those_after_it_along():
    wanted: dict[str, tuple[str, ...]] = {"A": (), "B": ("A",), "C": ("B",), "D": ()}
    stages = [Stage(name, "", names, "", (), ()) for name, names in wanted.items()]
    assert dependents(Plan(tuple(stages)), "B") == ("B", "C")


@pytest.mark.parametrize(
    "patterns, path, wanted",
    [
        ("**", "a/b.txt", True),
        ("**/*.txt", "b.txt", True),
        ("*.txt", "a/b.txt", False),
        ("**\n!**/*.log", "a/x.log", False),
        ("**\n!**/*.log\n**/keep.log", "a/keep.log", True),
        ("a/?.txt", "a/b.txt", True),
    ],
)
def test_patterns_include_and_exclude_in_order(patterns, path, wanted):
    assert matcher(patterns)(path) is wanted


def test_junit_knows_passed_failed_broken_and_skipped():
    cases = read_junit(
        b'<testsuite><testcase name="a" time="x"/><testcase name="b"><error message="m">t</error></testcase>'
        b'<testcase name="c"><skipped/></testcase></testsuite>'
    )
    assert [(case.name, case.outcome, case.message) for case in cases] == [
        ("a", "Passed", ""),
        ("b", "Failed", "m"),
        ("c", "NotExecuted", ""),
    ]


@pytest.mark.parametrize("text", [b"<a/>", b"no xml", b'<!DOCTYPE x [<!ENTITY y "z">]><testsuite/>'])
def test_what_is_no_junit_is_refused(text):
    with pytest.raises(ResultsInvalid):
        read_junit(text)


def python_version_program():
    path = Path(simulator.azure_devops.pipelines.tasks.__file__).parent / "programs" / "use_python_version.py"
    spec = importlib.util.spec_from_file_location("use_python_version", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "specification, fits",
    [
        ("3.11", True),
        ("3.x", True),
        ("3.11.x", True),
        ("3.12", False),
        ("3", True),
        (">=3.9 <3.12", True),
        (">=3.12", False),
        ("3.1", False),
        ("~3.11.2", True),
    ],
)
def test_a_version_specification_takes_python_3_11_7_or_not(specification, fits):
    assert python_version_program().fits(specification, "3.11.7") is fits
