"""The retry policy: when the next attempt is, and which limit ends them."""

from simulator.aws.eventbridge.retry_policy import Exhausted, RetryPolicy, policy_of


def test_the_first_retry_comes_about_a_second_later() -> None:
    assert RetryPolicy().next_attempt(first=0, now=10, retries=0, fraction=0.5) == 11


def test_no_attempt_beyond_the_maximum() -> None:
    policy = RetryPolicy(maximum_retry_attempts=2)
    assert policy.next_attempt(first=0, now=10, retries=1, fraction=0.5) == 12
    assert policy.next_attempt(first=0, now=10, retries=2, fraction=0.5) is Exhausted.ATTEMPTS


def test_no_retry_at_all_when_none_is_allowed() -> None:
    assert RetryPolicy(0).next_attempt(first=0, now=0, retries=0, fraction=0) is Exhausted.ATTEMPTS


def test_no_attempt_on_an_event_that_is_too_old() -> None:
    policy = RetryPolicy(maximum_event_age_seconds=60)
    assert policy.next_attempt(first=0, now=58, retries=0, fraction=0.5) == 59
    assert policy.next_attempt(first=0, now=60, retries=0, fraction=0.5) is Exhausted.AGE


def test_the_target_may_ask_for_a_longer_wait_but_not_for_a_shorter() -> None:
    policy = RetryPolicy()
    assert policy.next_attempt(first=0, now=0, retries=0, fraction=0.5, not_before=30) == 30
    assert policy.next_attempt(first=0, now=0, retries=5, fraction=0.5, not_before=30) == 32


def test_limits_come_from_the_target_or_are_those_of_aws() -> None:
    assert policy_of({}) == RetryPolicy(185, 86400)
    assert policy_of({"RetryPolicy": {"MaximumRetryAttempts": 0}}) == RetryPolicy(0, 86400)
