"""Experiments over the wire: what is in what, what a run logs, and the SDK's own Run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

START = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def sagemaker(simulator: RunningSimulator) -> Any:
    """A client of a simulator with an experiment, a trial and a component."""
    client = simulator.client("sagemaker")
    client.create_experiment(ExperimentName="abalone", Description="rings")
    client.create_trial(TrialName="first", ExperimentName="abalone")
    client.create_trial_component(TrialComponentName="run", Parameters={"depth": {"NumberValue": 3.0}})
    client.associate_trial_component(TrialName="first", TrialComponentName="run")
    return client


def refused(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**params)
    return str(error.value.response["Error"]["Code"])


def test_what_holds_something_is_not_deleted(sagemaker):
    assert refused(sagemaker.delete_experiment, ExperimentName="abalone") == "ValidationException"
    assert refused(sagemaker.delete_trial, TrialName="first") == "ValidationException"
    assert refused(sagemaker.delete_trial_component, TrialComponentName="run") == "ValidationException"
    sagemaker.disassociate_trial_component(TrialName="first", TrialComponentName="run")
    sagemaker.delete_trial(TrialName="first")
    sagemaker.delete_experiment(ExperimentName="abalone")
    sagemaker.delete_trial_component(TrialComponentName="run")
    assert refused(sagemaker.describe_experiment, ExperimentName="abalone") == "ResourceNotFound"


def test_names_are_unique_and_parents_must_exist(sagemaker):
    with pytest.raises(ClientError, match="already exists"):
        sagemaker.create_experiment(ExperimentName="abalone")
    assert refused(sagemaker.create_trial, TrialName="t", ExperimentName="absent") == "ResourceNotFound"
    asked = {"TrialName": "first", "TrialComponentName": "absent"}
    assert refused(sagemaker.associate_trial_component, **asked) == "ResourceNotFound"


def test_names_are_the_same_in_any_case_and_shown_as_given(sagemaker):
    sagemaker.create_trial(TrialName="Upper", ExperimentName="ABALONE")
    found = sagemaker.describe_trial(TrialName="upper")
    assert (found["TrialName"], found["ExperimentName"]) == ("Upper", "abalone")
    assert found["TrialArn"].endswith("experiment-trial/upper")
    sagemaker.associate_trial_component(TrialName="UPPER", TrialComponentName="RUN")
    listed = sagemaker.list_trial_components(TrialName="Upper")["TrialComponentSummaries"]
    assert [each["TrialComponentName"] for each in listed] == ["run"]
    assert len(sagemaker.list_trials(ExperimentName="Abalone")["TrialSummaries"]) == 2
    with pytest.raises(ClientError, match="already exists"):
        sagemaker.create_experiment(ExperimentName="Abalone")


def test_trials_and_components_are_listed_by_what_they_are_in(sagemaker):
    sagemaker.create_trial(TrialName="second", ExperimentName="abalone")
    sagemaker.create_trial_component(TrialComponentName="alone")
    trials = sagemaker.list_trials(TrialComponentName="run")["TrialSummaries"]
    assert [each["TrialName"] for each in trials] == ["first"]
    assert len(sagemaker.list_trials(ExperimentName="abalone")["TrialSummaries"]) == 2
    for asked in ({"TrialName": "first"}, {"ExperimentName": "abalone"}):
        found = sagemaker.list_trial_components(**asked)["TrialComponentSummaries"]
        assert [each["TrialComponentName"] for each in found] == ["run"]
    assert len(sagemaker.list_trial_components()["TrialComponentSummaries"]) == 2


def test_a_component_is_added_to_and_taken_from(sagemaker):
    sagemaker.update_trial_component(
        TrialComponentName="run",
        Parameters={"rounds": {"NumberValue": 50.0}, "kind": {"StringValue": "gbtree"}},
        ParametersToRemove=["depth"],
        InputArtifacts={"train": {"Value": "s3://b/train", "MediaType": "text/csv"}},
        Status={"PrimaryStatus": "Completed", "Message": "done"},
    )
    found = sagemaker.describe_trial_component(TrialComponentName="run")
    assert found["Parameters"] == {"rounds": {"NumberValue": 50.0}, "kind": {"StringValue": "gbtree"}}
    assert found["InputArtifacts"]["train"]["Value"] == "s3://b/train"
    assert found["Status"] == {"PrimaryStatus": "Completed", "Message": "done"}


def test_metrics_are_summarised_and_charted(simulator, sagemaker):
    metrics = simulator.client("sagemaker-metrics")
    data = [{"MetricName": "loss", "Timestamp": START, "Step": step, "Value": value}
            for step, value in ((0, 4.0), (1, 2.0), (1, 3.0))]  # fmt: skip
    assert "Errors" not in metrics.batch_put_metrics(TrialComponentName="run", MetricData=data)
    component = sagemaker.describe_trial_component(TrialComponentName="run")
    (summary,) = component["Metrics"]
    assert {k: summary[k] for k in ("Min", "Max", "Last", "Count", "Avg")} == {
        "Min": 2.0, "Max": 4.0, "Last": 3.0, "Count": 3, "Avg": 3.0,
    }  # fmt: skip
    query = {"MetricName": "loss", "ResourceArn": component["TrialComponentArn"], "MetricStat": "Avg",
             "Period": "IterationNumber", "XAxisType": "IterationNumber"}  # fmt: skip
    hourly = {**query, "Period": "OneHour", "XAxisType": "Timestamp", "MetricStat": "Count"}
    wrong = {**query, "ResourceArn": component["TrialComponentArn"] + "x"}
    by_step, by_hour, absent = metrics.batch_get_metrics(MetricQueries=[query, hourly, wrong])[
        "MetricQueryResults"
    ]
    assert (by_step["XAxisValues"], by_step["MetricValues"]) == ([0, 1], [4.0, 2.5])
    assert (by_hour["XAxisValues"], by_hour["MetricValues"]) == ([int(START.timestamp()) - 30], [3.0])
    assert absent["Status"] == "ValidationError"
    errors = metrics.batch_put_metrics(TrialComponentName="absent", MetricData=data[:1])["Errors"]
    assert errors == [{"Code": "VALIDATION_ERROR", "MetricIndex": 0}]


def session(simulator: RunningSimulator) -> Any:
    """A session of the SageMaker SDK on this simulator."""
    from sagemaker.session import Session

    who = simulator.simulator.topology.person("operator")
    boto = boto3.Session(who.access_key_id, who.secret_access_key, region_name="us-east-1")
    clients = {name: simulator.client(name) for name in ("sagemaker", "sagemaker-metrics")}
    return Session(
        boto, sagemaker_client=clients["sagemaker"], sagemaker_metrics_client=clients["sagemaker-metrics"]
    )


@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_the_sdks_run_logs_and_is_loaded_again(simulator):
    from sagemaker.experiments import Run, load_run

    sdk = session(simulator)
    with Run(experiment_name="Rings", run_name="One", sagemaker_session=sdk) as run:
        run.log_parameter("depth", 4)
        run.log_parameters({"kind": "gbtree", "eta": 0.2})
        for step in range(3):
            run.log_metric("rmse", 3.0 - step, step=step)
    with load_run(experiment_name="Rings", run_name="One", sagemaker_session=sdk) as again:
        component = again._trial_component
        assert component.parameters == {"depth": 4.0, "kind": "gbtree", "eta": 0.2}
    found = simulator.client("sagemaker").describe_trial_component(TrialComponentName="rings-one")
    (summary,) = found["Metrics"]
    assert (summary["MetricName"], summary["Count"], summary["Last"]) == ("rmse", 3, 1.0)
