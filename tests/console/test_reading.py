"""What the console makes of values, facts, timelines and statistics: pure, one case a rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.console import facts, presenting
from simulator.console.metrics import Metric, metrics
from simulator.console.pages.executions import made, steps
from simulator.console.plot import HEIGHT, WIDTH, plot, plots
from simulator.console.refusals import Refused, remedy
from simulator.console.run_tree import tree
from simulator.reality import met, standing
from tests.console.loop import feature


def fact(
    sequence: int, kind: str = "RunQueued", cause: int | None = None, account: str = "", **detail: object
):
    return {"sequence": sequence, "time": 0.0, "kind": kind, "subject": f"s{sequence}", "detail": detail,
            "cause": cause, "account": account, "region": ""}  # fmt: skip


@pytest.mark.parametrize(
    "state, tone",
    [
        ("Succeeded", "good"),
        ("InService", "good"),
        ("PendingManualApproval", "waiting"),
        ("CompletedWithViolations", "waiting"),
        ("ALARM", "bad"),
        ("UPDATE_ROLLBACK_COMPLETE", "bad"),
        ("inProgress", "going"),
        ("skipped", "quiet"),
        (None, "quiet"),
    ],
)
def test_states_of_both_clouds_have_one_tone(state: str | None, tone: str):
    assert presenting.tone(state) == tone


def test_a_state_is_said_in_words_and_never_by_colour_alone():
    assert (
        presenting.chip("PendingManualApproval")
        == '<span class="chip waiting">pending manual approval</span>'
    )
    assert "&lt;b&gt;" in presenting.chip("<b>")


@pytest.mark.parametrize(
    "start, end, said",
    [
        (1.0, 2.25, "1.2 s"),
        (1.0, 185.0, "3 m 04 s"),
        (1.0, 7801.0, "2 h 10 m"),
        ("2026-03-01T12:00:00.0000000Z", datetime(2026, 3, 1, 12, 1, tzinfo=UTC), "1 m 00 s"),
        (None, 5.0, "–"),
        (5.0, None, "–"),
    ],
)
def test_spans_are_read_from_times_of_either_cloud(start: object, end: object, said: str):
    assert presenting.span(start, end) == said


def test_a_log_line_is_taken_apart_and_loses_its_terminal_colours():
    text = (
        "2026-03-01T12:00:01.1234567Z ##[error]\x1b[31mbad\x1b[0m\nplain\n2026-03-01T12:00:02.0Z [command]ls"
    )
    assert presenting.log_lines(text) == [
        {"time": "12:00:01", "mark": "error", "text": "##[error]bad"},
        {"time": "", "mark": "", "text": "plain"},
        {"time": "12:00:02", "mark": "command", "text": "[command]ls"},
    ]


def test_a_story_is_all_that_led_to_a_fact_and_all_that_it_led_to():
    told = [fact(1), fact(2, cause=1), fact(3), fact(4, cause=2), fact(5, cause=1), fact(6, cause=4)]
    assert [each["sequence"] for each in facts.story(told, 4)] == [1, 2, 4, 6]
    assert [each["sequence"] for each in facts.story(told, 99)] == []


def test_depth_counts_only_causes_that_are_shown():
    assert facts.depths([fact(2, cause=1), fact(3, cause=2), fact(4, cause=3)]) == {2: 0, 3: 1, 4: 2}


@pytest.mark.parametrize(
    "told, trouble",
    [
        (fact(1, "DeliveryFailed"), True),
        (fact(1, "TrainingJobStateChanged", status="Failed"), True),
        (fact(1, "StackEvent", ResourceStatus="ROLLBACK_COMPLETE"), True),
        (fact(1, "AlarmStateChanged", StateValue="ALARM"), True),
        (fact(1, "HostRefused"), False),
        (fact(1, "AcceptedNotSimulated"), False),
        (fact(1, "RunCompleted", result="succeeded"), False),
    ],
)
def test_what_went_wrong_is_known_by_kind_or_state(told: facts.Fact, trouble: bool):
    assert facts.is_trouble(told) is trouble


def test_facts_are_filtered_by_every_word_and_by_cloud():
    told = [fact(1, account="2"), fact(2, "RunFailed", reason="no quota"), fact(3)]
    assert [f["sequence"] for f in facts.matching(told, words="QUOTA run")] == [2]
    assert [f["sequence"] for f in facts.matching(told, whose="azure")] == [2, 3]
    assert [f["sequence"] for f in facts.matching(told, trouble=True)] == [2]


def test_an_outcome_prefers_the_result_to_the_state():
    assert facts.outcome(fact(1, state="completed", result="failed")) == "failed"
    assert facts.outcome(fact(1, step="Train", status="Starting")) == "Train · Starting"
    assert facts.outcome(fact(1)) == ""


def test_metrics_are_found_in_the_format_of_sagemaker_and_in_plain_numbers():
    document = {
        "regression_metrics": {"rmse": {"value": 2, "standard_deviation": 0.5}},
        "r2": 0.5,
        "ok": True,
    }
    assert metrics(document) == [Metric("rmse", 2.0, 0.5), Metric("r2", 0.5)]
    assert metrics([1, 2]) == []


def test_steps_lie_in_the_time_of_their_execution():
    at = [datetime(2026, 1, 1, 0, 0, s, tzinfo=UTC) for s in (0, 5, 10)]
    found = steps([{"StartTime": at[0], "EndTime": at[1]}, {"StartTime": at[1], "EndTime": at[2]}, {}])
    assert [step["bar"] for step in found] == [
        {"x": 0.0, "width": 50.0},
        {"x": 50.0, "width": 50.0},
        {"x": 0.0, "width": 0.8},
    ]


def test_what_a_step_made_is_a_way_to_go_on():
    arn = "arn:aws:sagemaker:us-east-1:222222222222"
    assert made({"TrainingJob": {"Arn": f"{arn}:training-job/t"}})["name"] == "t"
    package = made({"RegisterModel": {"Arn": f"{arn}:model-package/abalone/3"}})
    assert (package["group"], package["version"]) == ("abalone", "3")
    assert made({"Fail": {"ErrorMessage": "too bad"}})["text"] == "too bad"
    assert made({}) == {"kind": "step", "text": ""}


def test_two_distributions_share_one_axis_and_stay_in_the_picture():
    drawn = plot(feature("x", 0.0, 1.0, 1, 3), feature("x", 1.0, 3.0, 4), "moved")
    assert (drawn.low, drawn.high) == (0.0, 3.0)
    assert (drawn.baseline.mean, drawn.captured.mean) == (round(WIDTH / 6, 1), round(WIDTH * 2 / 3, 1))
    assert drawn.baseline.outline.startswith(f"M0.0 {HEIGHT}")
    assert drawn.baseline.outline.endswith("Z")
    # The densest bucket reaches the top; the other's area is as large though it is lower.
    assert " 6.0L" in drawn.baseline.outline
    assert f"L{WIDTH} {HEIGHT}Z" in drawn.captured.outline


def test_features_with_a_violation_come_first_and_texts_are_left_out():
    words = {"name": "sex", "inferred_type": "String", "string_statistics": {}}
    both = {"features": [feature("a", 0, 1, 1), feature("b", 0, 1, 1), words]}
    assert [each.feature for each in plots(both, both, {"b": "moved"})] == ["b", "a"]
    assert plots({}, both, {}) == []


def test_a_constant_feature_has_a_plot():
    assert plot(feature("one", 1.0, 1.0, 10), feature("one", 1.0, 1.0, 4)).captured.outline


def test_a_timeline_becomes_stages_with_gates_jobs_and_steps():
    def record(name: str, kind: str, parent: str | None, order: int = 1, state: str = "completed"):
        return {"id": name, "type": kind, "name": name, "parentId": parent, "order": order, "state": state,
                "result": "succeeded" if state == "completed" else None}  # fmt: skip

    records = [
        record("step 2", "Task", "job", 2),
        record("step 1", "Task", "job", 1),
        record("job", "Job", "phase"),
        record("phase", "Phase", "A"),
        record("B", "Stage", None, 2, "pending"),
        record("A", "Stage", None, 1),
        record("point", "Checkpoint", "B"),
        record("gate", "Checkpoint.Approval", "point"),
    ]
    first, second = tree(records, [{"id": "gate", "status": "pending"}, {"id": "other", "status": "pending"}])
    assert [step["name"] for step in first["jobs"][0]["steps"]] == ["step 1", "step 2"]
    assert (first["shown"], second["shown"]) == ("succeeded", "waiting for approval")
    assert [gate["id"] for gate in second["gates"]] == ["gate"]


def test_the_ledger_counts_what_was_met():
    told = [{**fact(i, "ImageSubstituted", image="xgboost"), "subject": "u"} for i in (1, 2)]
    told.append(fact(3, "NotSimulated"))
    assert [(entry.kind, entry.what, entry.times) for entry in met(told)] == [
        ("image", "u", 2),
        ("refused", "s3", 1),
    ]
    assert standing("process")[0].kind == "containers"
    assert standing("docker")[0].kind == "signatures"


@pytest.mark.parametrize(
    "refused, said",
    [
        (Refused("sts", "AccessDenied", "no", 403), "Ada lacks this right"),
        (Refused("azure devops", "ApprovalRequesterException", "no", 403), "four eyes"),
        (Refused("azure devops", "ApprovalUnauthorizedException", "no", 403), "is no approver"),
        (Refused("sagemaker", "ValidationException", "Could not find x", 400), "deleted, or never made"),
        (Refused("sagemaker", "NotImplemented", "x", 501), "not simulated yet"),
        (Refused("s3", "Unreachable", "x", 502), "still starting or stopping"),
        (Refused("s3", "Strange", "x", 400), "The fact timeline shows"),
    ],
)
def test_every_refusal_has_a_remedy(refused: Refused, said: str):
    assert said in remedy(refused, "Ada")
