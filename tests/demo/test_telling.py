"""What a broken demonstration says of logs and causes can be read by a person."""

from __future__ import annotations

from typing import Any

from simulator.harness.demo.causes import chain
from simulator.harness.demo.telling import telling


def fact(sequence: int, cause: int | None, kind: str, **detail: Any) -> dict[str, Any]:
    return {"sequence": sequence, "cause": cause, "kind": kind, "subject": f"s{sequence}", "detail": detail}


def test_stack_frames_and_times_are_left_out_and_the_exception_stays() -> None:
    lines = [
        "Traceback (most recent call last):",
        '  File "train.py", line 1',
        "KeyError: 'a'",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "train.py", line 9',
        "ValueError: no column a",
    ]
    text = "\n".join(
        ["run 1 failed", "--- Train", *(f"2026-11-22T14:09:00.0007120Z {line}" for line in lines)]
    )

    assert telling(text) == "run 1 failed\n--- Train\nValueError: no column a"


def test_what_follows_the_last_named_error_is_left_out() -> None:
    assert telling("--- Train\nbefore\n##[error]it broke\n##[section]Finishing") == (
        "--- Train\nbefore\n##[error]it broke"
    )


def test_each_part_keeps_its_last_lines_only() -> None:
    text = "--- one\n" + "\n".join(f"line {number}" for number in range(50)) + "\n--- two\nshort"

    assert telling(text, limit=2) == "--- one\nline 48\nline 49\n--- two\nshort"


def test_a_chain_holds_every_failure_under_the_first_cause_and_no_other() -> None:
    facts = [
        fact(1, None, "RuleMatched"),
        fact(2, 1, "DeliveryQueued"),
        fact(3, None, "StageStateChanged", result="failed"),
        fact(4, 2, "DeliveryFailed", message="status 401", attempt=1),
        fact(5, 2, "DeliverySucceeded"),
        fact(6, 2, "DeadLettered", message="status 401"),
    ]

    assert chain(facts) == [
        "#1 RuleMatched s1",
        "#2 DeliveryQueued s2",
        "#4 DeliveryFailed s4 attempt 1: status 401",
        "#6 DeadLettered s6: status 401",
    ]


def test_a_chain_is_that_of_what_the_link_said_though_a_schedule_failed_after_it() -> None:
    facts = [
        fact(1, None, "RuleMatched"),
        fact(2, 1, "DeadLettered", message="status 401"),
        fact(3, None, "RunQueued"),
        fact(4, 3, "TransformJobStateChanged", status="Failed", failure_reason="no input"),
    ]

    told = ["#1 RuleMatched s1", "#2 DeadLettered s2: status 401"]
    assert chain(facts, "NotDelivered: 6 attempts were made, the last one failed: status 401") == told
    assert chain(facts, "TimeoutError") == [
        "#3 RunQueued s3",
        "#4 TransformJobStateChanged s4 Failed: no input",
    ]


def test_a_world_without_trouble_has_no_chain() -> None:
    assert chain([fact(1, None, "RunCompleted", result="succeeded")]) == []
