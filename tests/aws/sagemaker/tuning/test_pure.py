"""The pure parts of a search: ranges and scales, proposals, early stopping, counters, when a search is over."""

import itertools
from typing import Any

import pytest

from simulator.aws.sagemaker.tuning import bayesian_search, grid_search, random_search
from simulator.aws.sagemaker.tuning.bayesian_search import Observation
from simulator.aws.sagemaker.tuning.early_stopping import Hyperband, hyperband, worse_than_median
from simulator.aws.sagemaker.tuning.progress import Ending, ending, room
from simulator.aws.sagemaker.tuning.ranges import Categorical, Numeric, read
from simulator.aws.sagemaker.tuning.search import Search, search
from simulator.aws.sagemaker.tuning.trials import Objective, Trial, best, counters, not_improving
from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.tuning.requests import tuning_request

RMSE = Objective("validation:rmse", maximize=False)


def made(index, value=None, status="Completed", reason="", series=()):
    members = {"TrainingJobStatus": status, "TrainingJobName": f"t-{index}"}
    if reason:
        members["FailureReason"] = reason
    return Trial(index, f"t-{index}", "", {"eta": "0.1"}, members, value, tuple(series))


def continuous(scaling, low="0.001", high="1"):
    return {
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": low, "MaxValue": high, "ScalingType": scaling}
        ]
    }


@pytest.mark.parametrize(
    "scaling, high, middle",
    [("Linear", "1", 0.5005), ("Logarithmic", "1", 0.0316), ("ReverseLogarithmic", "0.999", 0.9684)],
)
def test_each_scale_has_its_own_middle_and_maps_back(scaling, high, middle):
    (found,) = read(continuous(scaling, high=high))
    assert isinstance(found, Numeric)
    assert float(found.value(0.5)) == pytest.approx(middle, rel=1e-3)
    for unit in (0.0, 0.25, 0.5, 1.0):
        assert found.unit(found.value(unit)) == pytest.approx(unit, abs=1e-9)


@pytest.mark.parametrize(
    "ranges, text",
    [
        (continuous("Logarithmic", low="0"), "greater than 0"),
        (continuous("ReverseLogarithmic", high="1"), "0 <= x < 1"),
        (continuous("Linear", low="2"), "must not be greater"),
        ({"IntegerParameterRanges": [{"Name": "d", "MinValue": "1.5", "MaxValue": "3"}]}, "an integer"),
        ({"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "a"]}]}, "distinct"),
        (
            continuous("Auto") | {"CategoricalParameterRanges": [{"Name": "eta", "Values": ["a"]}]},
            "one range",
        ),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(ranges, text):
    with pytest.raises(CallerError, match=text):
        read(ranges)


def test_autotune_takes_a_range_around_its_hint():
    (eta, depth, booster) = read(
        {
            "AutoParameters": [
                {"Name": "eta", "ValueHint": "0.1"},
                {"Name": "depth", "ValueHint": "6"},
                {"Name": "booster", "ValueHint": "gbtree"},
            ]
        }
    )
    assert isinstance(eta, Numeric)
    assert isinstance(depth, Numeric)
    assert isinstance(booster, Categorical)
    assert [eta.low, eta.high, depth.low, depth.high] == pytest.approx([0.01, 1.0, 1.0, 60.0])
    assert booster.values == ("gbtree",)


def test_autotune_leaves_what_the_algorithm_does_not_tune_at_its_hint():
    hints = {"AutoParameters": [{"Name": "k", "ValueHint": "10"}, {"Name": "epochs", "ValueHint": "2"}]}
    (k, epochs) = read(hints, ("epochs",))
    assert k == Categorical("k", ("10",))
    assert isinstance(epochs, Numeric)


def test_random_search_repeats_for_a_seed_and_tries_nothing_twice_while_something_is_new():
    ranges = read({"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "b", "c"]}]})
    had: list[dict[str, str]] = []
    for index in range(3):
        had.append(random_search.propose(ranges, had, "7", index))
    assert sorted(each["c"] for each in had) == ["a", "b", "c"]
    wide = read(continuous("Linear"))
    assert random_search.propose(wide, [], "7", 0) == random_search.propose(wide, [], "7", 0)
    assert random_search.propose(wide, [], "7", 0) != random_search.propose(wide, [], "8", 0)


def test_grid_search_has_every_combination_once():
    ranges = read(
        {
            "CategoricalParameterRanges": [
                {"Name": "a", "Values": ["1", "2"]},
                {"Name": "b", "Values": ["x", "y"]},
            ]
        }
    )
    assert grid_search.combinations(ranges) == 4
    found = [tuple(grid_search.propose(ranges, index).values()) for index in range(4)]
    assert sorted(found) == sorted(itertools.product("12", "xy"))


def test_bayesian_search_learns_where_the_optimum_is():
    ranges = read(continuous("Linear", low="0", high="10"))
    told: list[Observation] = []
    for index in range(30):
        tuned = bayesian_search.propose(ranges, told, "3", index)
        told.append(Observation(tuned, (float(tuned["eta"]) - 7.0) ** 2))
    late = [abs(float(each.tuned["eta"]) - 7.0) for each in told[-10:]]
    early = [abs(float(each.tuned["eta"]) - 7.0) for each in told[:4]]
    assert sorted(late)[5] < 1.5 < sorted(early)[2]
    assert bayesian_search.propose(ranges, told, "3", 30) == bayesian_search.propose(ranges, told, "3", 30)


def test_bayesian_search_takes_words_and_leaves_out_what_another_space_had():
    ranges = read({"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "b"]}]})
    told = [Observation({"c": "b"}, 1.0), Observation({"c": "gone"}, 0.0), Observation({"d": "1"}, 0.0)]
    assert bayesian_search.propose(ranges, told, "1", 5)["c"] in ("a", "b")


def test_the_median_rule_compares_with_running_averages_up_to_the_same_epoch():
    earlier = [(10.0, 6.0, 1.0), (10.0, 8.0, 1.0), (10.0, 10.0, 1.0)]
    assert worse_than_median((12.0, 9.5), earlier, RMSE)
    assert not worse_than_median((12.0, 8.5), earlier, RMSE)
    assert not worse_than_median((12.0,), [], RMSE)
    assert worse_than_median((0.1,), [(0.5,), (0.6,)], Objective("acc", maximize=True))


def test_hyperband_stops_at_rungs_only_and_at_its_largest_resource():
    rule = Hyperband(1, 9)
    assert rule.brackets() == 2
    assert (rule.rungs(0), rule.rungs(1)) == ([1, 3], [3])
    others = {0: (1.0,), 2: (2.0,), 4: (3.0,)}
    assert rule.ends(6, (9.0,), others, RMSE)
    assert not rule.ends(6, (0.5,), others, RMSE)
    assert not rule.ends(7, (9.0,), others, RMSE), "another bracket is judged later"
    assert rule.ends(7, tuple([0.1] * 9), {}, RMSE)


def test_hyperband_infers_its_largest_resource_or_refuses():
    assert hyperband({"MinResource": 1}, {"epochs": '"27"'}).largest == 27
    with pytest.raises(CallerError, match="could not be inferred"):
        hyperband({"MinResource": 1}, {})


def test_counters_tell_our_failures_from_theirs_and_stopped_jobs_with_a_value_count():
    trials = [
        made(0, 1.0), made(1, None, "InProgress"), made(2, None, "Failed", "InternalServerError: x"),
        made(3, None, "Failed", "AlgorithmError: x"), made(4, 2.0, "Stopped"), made(5, None),
    ]  # fmt: skip
    assert counters(trials) == {
        "TrainingJobStatusCounters": {
            "Completed": 2, "InProgress": 1, "RetryableError": 1, "NonRetryableError": 1, "Stopped": 1,
        },
        "ObjectiveStatusCounters": {"Succeeded": 2, "Pending": 1, "Failed": 3},
    }  # fmt: skip
    top = best(trials, RMSE)
    assert top is not None
    assert top.index == 0
    assert not_improving([made(i, v) for i, v in enumerate((5.0, 4.0, 3.99, 3.98))], RMSE) == 2


def asked(**config: Any) -> Search:
    return search(tuning_request("t", **config))


def over(wanted: Search, trials: list[Trial], seconds: float) -> Ending:
    found = ending(wanted, trials, seconds)
    assert found is not None
    return found


def test_a_search_ends_by_its_limits_its_criteria_or_without_hope():
    assert ending(asked(), [], 0) is None
    assert room(asked(), []) == 2
    done = [made(i, 5.0 - i) for i in range(4)]
    assert over(asked(), done, 0).status == "Completed"
    assert ending(asked(), [*done[:3], made(3, None, "InProgress")], 0) is None
    target = asked(TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 4.0})
    assert over(target, done[:2], 0).status == "Completed"
    stale = asked(
        TuningJobCompletionCriteria={"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}},
        ResourceLimits={"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2},
    )
    assert ending(stale, [made(i, 5.0) for i in range(3)], 0) is None
    assert over(stale, [made(i, 5.0) for i in range(4)], 0).status == "Completed"
    quick = asked(ResourceLimits={"MaxParallelTrainingJobs": 2, "MaxRuntimeInSeconds": 120})
    assert ending(quick, [], 119) is None
    assert over(quick, [], 120).status == "Completed"
    many = asked(ResourceLimits={"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2})
    failed = [made(i, None, "Failed", "AlgorithmError: x") for i in range(5)]
    assert ending(many, failed[:4], 0) is None
    assert over(many, failed, 0).reason.startswith("No training job succeeded after 5 attempts.")
    silent = [made(i, None) for i in range(5)]
    assert over(many, silent, 0).reason.startswith(
        "No objective metrics found after running 5 training jobs."
    )


def test_convergence_ends_only_where_it_is_asked_for():
    limits = {"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 2}
    same = [made(i, 5.0) for i in range(11)]
    criteria = {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}
    assert ending(asked(ResourceLimits=limits), same, 0) is None
    found = ending(asked(ResourceLimits=limits, TuningJobCompletionCriteria=criteria), same, 0)
    assert found is not None
    assert found.converged


@pytest.mark.parametrize(
    "change, text",
    [
        ({"Strategy": "Grid"}, "only categorical"),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"}},
            "A metric is required",
        ),
        (
            {"ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 2}},
            "must not be greater",
        ),
        ({"ParameterRanges": {}}, "At least one"),
        ({"Strategy": "Hyperband"}, "could not be inferred"),
        ({"Strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"}, "must be Off"),
        (
            {"StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 9}}},
            "only with the strategy Hyperband",
        ),
    ],
)
def test_a_search_that_cannot_be_is_refused(change, text):
    with pytest.raises(CallerError, match=text):
        search(tuning_request("t", **change))


def test_a_grid_counts_its_jobs_itself_and_a_wrong_count_is_refused():
    ranges = {"CategoricalParameterRanges": [{"Name": "max_depth", "Values": ["2", "3", "4"]}]}
    grid: dict[str, Any] = {"Strategy": "Grid", "ParameterRanges": ranges}
    assert search(tuning_request("t", ResourceLimits={"MaxParallelTrainingJobs": 1}, **grid)).jobs == 3
    with pytest.raises(CallerError, match="must be 3"):
        search(tuning_request("t", **grid))
