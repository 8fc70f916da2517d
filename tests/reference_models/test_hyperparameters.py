"""The XGBoost image reads hyperparameters as AWS's container does, and refuses them in its words."""

import subprocess
import sys

import pytest

from tests.reference_models.container import MODELS

VALIDATE = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from program.errors import UserError
from program.hyperparameters import library_parameters, validate
for line in sys.stdin:
    given, version = json.loads(line)
    try:
        values = validate(given, tuple(version))
        print(json.dumps([values, library_parameters(values)]))
    except UserError as failure:
        print(json.dumps(str(failure)))
"""

THRESHOLDS = (
    "Metric 'rmse@2' is not supported. Parameter 'eval_metric' with customized threshold should "
    "be one of these options: 'error', 'ndcg', 'map'."
)


@pytest.fixture(name="ask", scope="module")
def _ask():
    """Asks the image's program, in a process of its own: its modules are called as those of other images are."""
    import json

    places = [str(MODELS), str(MODELS / "xgboost")]
    process = subprocess.Popen(
        [sys.executable, "-B", "-u", "-c", VALIDATE, *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )

    def ask(given, version=(1, 7)):
        assert process.stdin is not None
        assert process.stdout is not None
        print(json.dumps([given, version]), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    yield ask
    process.communicate(timeout=20)


@pytest.mark.parametrize(
    "name, value, reason",
    [
        ("max_dept", "5", "Extraneous hyperparameter found: max_dept"),
        ("silent", "1", "Extraneous hyperparameter found: silent"),
        ("eta", "2", "Hyperparameter eta: 2.0 is not in [0, 1]"),
        ("learning_rate", "2", "Hyperparameter eta: 2.0 is not in [0, 1]"),
        ("subsample", "0", "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ("gamma", "-1", "Hyperparameter gamma: -1.0 is not in [0, +inf)"),
        ("max_depth", "deep", "Hyperparameter max_depth: could not parse value (caused by ValueError)"),
        ("booster", "linear", "Hyperparameter booster: linear is not in ['gbtree', 'gblinear', 'dart']"),
        ("objective", "multi:softmax", "Require input for parameter 'num_class' for multi-classification"),
        ("eval_metric", "auc", "Metric 'auc' can only be applied for classification and ranking problems."),
        (
            "eval_metric",
            "aft-nloglik",
            "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.",
        ),
        (
            "eval_metric",
            "rmse@2",
            THRESHOLDS,
        ),
        ("eval_metric", "error@x", "Threshold value 't' in 'error@t' expects float input."),
        (
            "monotone_constraints",
            "(1, 0)",
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'.",
        ),
        (
            "monotone_constraints",
            "(2, 0)",
            "Hyperparameter monotone_constraints: value (2, 0) not in range [-1, 0, 1]",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_the_words_of_the_container(ask, name, value, reason):
    assert ask({"num_round": "5", name: value}) == reason


def test_what_is_missing_is_named(ask):
    assert ask({"eta": "0.3"}) == "Missing required hyperparameter: num_round"


def test_only_the_image_of_1_0_knows_silent(ask):
    values, for_library = ask({"num_round": "5", "silent": "0"}, (1, 0))

    assert values == {"num_round": 5, "silent": 0}
    assert for_library == {}


def test_texts_become_values_and_the_containers_own_stay_with_it(ask):
    given = {"num_round": "5", "reg_lambda": "2", "updater": "grow_histmaker,prune", "eval_metric": "rmse,mae",
             "tree_method": "hist", "monotone_constraints": "(1, -1)", "early_stopping_rounds": "3"}  # fmt: skip

    values, for_library = ask(given)

    assert values["eval_metric"] == ["rmse", "mae"]
    assert for_library == {
        "lambda": 2.0, "updater": "grow_histmaker,prune", "tree_method": "hist", "monotone_constraints": "(1, -1)",
    }  # fmt: skip
