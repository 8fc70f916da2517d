"""Every page over the wire, of a simulator in which the whole loop has run, and of one in which nothing has."""

from __future__ import annotations

import json

import pytest

from tests.aws.sagemaker.fake_cloud import training_request
from tests.console.conftest import Looped, Untouched
from tests.console.desk import Desk
from tests.console.loop import COMMIT

SECTIONS = ("/", "/registry", "/executions", "/runs", "/endpoints", "/monitoring", "/facts", "/reality")


def test_the_overview_tells_what_waits_and_where_the_loop_stands(looped: Looped):
    text = looped.text("/")
    assert "Gate of model-build" in text
    assert "asks Grace Hopper or Edsger Dijkstra" in text
    assert "abalone version 1 in automation" in text
    assert "Last failures" in text
    assert "None so far." not in text
    assert "Nothing has happened yet" not in text


def test_the_registry_lists_groups_and_what_waits(looped: Looped):
    text = looped.text("/registry")
    assert "abalone in automation, by own keys" in text
    assert "pending manual approval" in text


def test_a_group_compares_its_versions_by_their_metrics(looped: Looped):
    text = looped.text("/registry/automation/abalone")
    assert "rmse" in text
    assert "2.25" in text
    assert COMMIT[:8] in text


def test_a_version_shows_metrics_commit_and_the_execution_that_made_it(looped: Looped):
    text = looped.text("/registry/automation/abalone/1")
    assert "rmse 2.25 ± 0.5" in text
    assert COMMIT[:12] in text
    by_pipeline = looped.source("/registry/automation/abalone/2")
    assert f'href="/executions/automation/abalone/{looped.succeeded}"' in by_pipeline


def test_a_version_says_where_it_serves_as_far_as_the_person_sees(looped: Looped):
    assert "serves abalone in production" in looped.text("/registry/automation/abalone/1", "azure-devops")
    assert "serves nowhere that Ada Lovelace can see" in looped.text("/registry/automation/abalone/1", "ada")


def test_executions_are_listed_with_their_reasons(looped: Looped):
    text = looped.text("/executions")
    assert "succeeded" in text
    assert "failed" in text


def test_an_execution_shows_its_steps_in_order_with_ways_to_logs_and_versions(looped: Looped):
    path = f"/executions/automation/abalone/{looped.succeeded}"
    text, source = looped.text(path), looped.source(path)
    names = ["Process", "Train", "Evaluate", "Check", "Register"]
    assert [text.index(f" {name} ") for name in names] == sorted(text.index(f" {name} ") for name in names)
    assert "the condition was true" in text
    assert 'href="/registry/automation/abalone/2"' in source
    assert 'href="/jobs/automation/training/' in source


def test_a_failed_execution_says_why(looped: Looped):
    text = looped.text(f"/executions/automation/abalone/{looped.failed}")
    assert "mse 4.5" in text


def test_a_job_shows_its_log_from_cloudwatch(looped: Looped):
    source = looped.source(f"/executions/automation/abalone/{looped.succeeded}")
    path = source.split('href="/jobs/automation/training/')[1].split('"')[0]
    text = looped.text(f"/jobs/automation/training/{path}")
    assert "#011train-rmse:2.5" in text
    assert "train:rmse 2.5" in text


def test_runs_are_listed_with_the_gates_that_wait(looped: Looped):
    text = looped.text("/runs", "grace")
    assert "Gates that wait" in text
    assert "Ada Lovelace" in text


def test_a_run_shows_stages_jobs_steps_and_its_gate(looped: Looped):
    text = looped.text(f"/runs/ml/{looped.run}", "grace")
    for part in ("Build it", "Compile the model", "Say what was built", "Deploy to production"):
        assert part in text
    assert "waits at the gate" in text
    assert "Grace Hopper or Edsger Dijkstra may pass it" in text


def test_the_log_of_a_step_is_shown_with_its_errors_marked(looped: Looped):
    source = looped.source(f"/runs/ml/{looped.run}", "grace")
    start = source.index("Say what was built")
    path = source[:start].rsplit('href="', 1)[1].split('"')[0]
    log = looped.source(path, "grace")
    assert "built the model" in log
    assert '<span class="line error">' in log


def test_an_endpoint_shows_the_version_behind_it_and_what_it_was_asked(looped: Looped):
    assert "abalone version 1" in looped.text("/endpoints", "edsger")
    text = looped.text("/endpoints/production/abalone", "edsger")
    assert "in service" in text
    assert "1 × ml.m5.large" in text
    assert "1,2 9.5" in text


def test_monitoring_shows_violations_the_alarm_and_both_distributions(looped: Looped):
    text = looped.text("/monitoring")
    assert "hourly scheduled data quality, in automation" in text
    assert "drift-of-length" in text
    text, source = (
        looped.text("/monitoring/automation/hourly"),
        looped.source("/monitoring/automation/hourly"),
    )
    assert "Baseline drift distance: 0.4 exceeds threshold: 0.1" in text
    assert source.count('<path class="base"') == source.count('<path class="now"') == 2
    assert source.index("<b>length</b>") < source.index("<b>height</b>")


def test_the_timeline_is_filtered_by_words_cloud_and_failure(looped: Looped):
    everything, azure = looped.source("/facts"), looped.source("/facts?whose=azure")
    assert 'class="aws ' in everything
    assert 'class="aws ' not in azure
    assert "model-package/abalone/1" in looped.text("/facts?words=model-package/abalone/1")
    assert "mse 4.5" in looped.text("/facts?trouble=yes")
    assert "No fact fits." in looped.text("/facts?words=nothingofthekind")


def test_a_story_holds_what_led_to_a_fact_and_what_followed(looped: Looped):
    facts = looped.running.facts()
    queued = next(fact for fact in facts if fact["kind"] == "RunQueued")
    text = looped.text(f"/facts?story={queued['sequence']}")
    assert "approval pending" in text
    assert "stack event" not in text


def test_the_ledger_names_what_was_substituted(looped: Looped):
    text = looped.text("/reality")
    assert "sagemaker-xgboost:1.7-1" in text
    assert "SigV4 signatures are not recomputed" in text


@pytest.mark.parametrize("path", SECTIONS)
def test_an_empty_page_says_what_to_do_next(untouched: Untouched, path: str):
    with Desk(untouched, "operator") as desk:
        source = desk.page(path)
    assert "Nothing has happened yet" in source or 'class="empty"' in source


def test_an_account_that_the_person_may_not_see_is_named_with_the_reason(looped: Looped):
    text = looped.text("/endpoints", "grace")
    assert "Grace Hopper does not see dev, staging, production" in text
    assert "not authorized to perform: sts:AssumeRole" in text
    assert "production" not in looped.text("/endpoints", "edsger").split("does not see")[1].split("dev")[0]


def test_a_page_of_a_hidden_account_is_refused_in_the_words_of_aws_with_a_remedy(looped: Looped):
    text = looped.text("/endpoints/production/abalone", "grace", status=403)
    assert "sts said AccessDenied" in text
    assert "Choose another person in the picker" in text


@pytest.mark.parametrize(
    "path, status, said",
    [
        ("/registry/automation/abalone/99", 400, "does not exist"),
        ("/registry/nowhere/abalone", 404, "the topology has no account nowhere; it has dev"),
        ("/runs/ml/99", 404, "The requested build 99 could not be found"),
        ("/runs/nothing/1", 404, "nothing"),
        ("/jobs/automation/baking/x", 404, "there is no kind of job 'baking'; there are training"),
        ("/executions/automation/nobody/x", 400, "does not exist"),
        ("/endpoints/automation/nobody", 400, "Could not find endpoint"),
    ],
)
def test_what_is_not_there_is_said_in_words(looped: Looped, path: str, status: int, said: str):
    text = looped.text(path, status=status)
    assert said in text
    assert "Traceback" not in text


def test_an_identity_without_rights_in_azure_devops_still_gets_pages(looped: Looped):
    text = looped.text("/runs", "azure-devops")
    assert "TF400813" in text
    assert "No run that Azure DevOps can see." in text


def test_text_of_others_never_becomes_markup(looped: Looped):
    job = looped.source(f"/executions/automation/abalone/{looped.succeeded}")
    job_path = job.split('href="/jobs/automation/training/')[1].split('"')[0]
    run = looped.source(f"/runs/ml/{looped.run}", "grace")
    log_path = run[: run.index("Say what was built")].rsplit('href="', 1)[1].split('"')[0]
    for path in (
        "/registry",
        "/registry/automation/abalone/1",
        f"/jobs/automation/training/{job_path}",
        log_path,
        "/facts",
    ):
        source = looped.source(path, "operator")
        assert "<script>document" not in source
        assert "<img" not in source
    assert "&lt;script&gt;document" in looped.source("/registry/automation/abalone/1")
    assert "&lt;script&gt;document" in looped.source(log_path, "grace")


def test_a_search_for_markup_is_shown_as_text(untouched: Untouched):
    with Desk(untouched, "ada") as desk:
        assert '"><script>' not in desk.page('/facts?words="><script>alert(1)</script>')


def test_a_job_in_progress_is_shown_as_it_is_now(looped: Looped):
    running, engine = looped.running, looped.engine
    request = json.dumps(training_request("held-job"))
    ours = request.replace("s3://data", "s3://artifacts").replace("s3://models", "s3://artifacts")
    running.client("sagemaker").create_training_job(**json.loads(ours))
    running.until(
        lambda fact: "held-job" in fact["subject"] and fact["detail"]["secondary_status"] == "Training"
    )
    assert "held-job in progress" in looped.text("/jobs/automation/training/held-job", "grace")
    work = next(work.name for work in engine.started if "held-job" in work.name)
    running.do(lambda _: engine.finish(work))
    running.rest()
