"""What a caller of the compiler can rely on, beyond the behaviours of the fixtures."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.plan import Matrix, Plan, Pool, Variable


def compile_text(text: str, **more) -> Plan:
    return compile_pipeline("a.yml", {"a.yml": text}.get, {}, {}, groups=lambda name: {}, **more)


def only_script(plan: Plan) -> str:
    return plan.stages[0].jobs[0].steps[0].inputs["script"]


def test_a_webhooks_payload_is_seen_as_parameters():
    text = (
        "steps:\n- script: ${{ parameters.approved.detail.ModelPackageArn }} ${{ parameters.Approved.n }}\n"
    )
    plan = compile_text(text, payloads={"Approved": {"detail": {"ModelPackageArn": "arn:x"}, "n": 1.5}})
    assert only_script(plan) == "arn:x 1.5"
    with pytest.raises(PipelineInvalid, match="Key not found 'approved'"):
        compile_text(text)


def test_the_plan_is_frozen_and_remembers_its_files():
    plan = compile_text("steps: [{script: x}]\n")
    assert plan.files == ("/a.yml",)
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.stages = ()  # type: ignore[misc]


def test_an_unknown_input_is_a_warning_that_names_it_and_the_known_ones():
    plan = compile_text("steps:\n- task: AWSCLI@1\n  inputs: {awsCommand: s3, regionNmae: x}\n")
    assert plan.warnings[0].startswith(
        "/a.yml (Line: 3, Col: 28): Task AWSCLI@1 has no input 'regionNmae'. Expected one of: "
    )


def test_errors_carry_what_was_expected_beside_the_services_text():
    with pytest.raises(PipelineInvalid) as caught:
        compile_text("stepz: []\n")
    error = caught.value.errors[0]
    assert error.text == "/a.yml (Line: 1, Col: 1): Unexpected value 'stepz'"
    assert "steps" in error.expected
    assert "Expected one of: " in str(caught.value)
    assert "Expected one of" not in caught.value.message


def test_template_time_variables_do_not_include_groups():
    text = 'variables: [{group: g}]\nsteps: [{script: "[${{ variables.token }}]$(token)"}]\n'
    plan = compile_pipeline(
        "a.yml", lambda path: text, {}, {}, groups=lambda name: {"token": Variable("token", "t")}
    )
    assert only_script(plan) == "[]$(token)"


def test_a_value_that_looks_like_an_expression_is_not_expanded_again():
    text = 'parameters: [{name: p}]\nsteps: [{script: "${{ parameters.p }}"}]\n'
    plan = compile_pipeline(
        "a.yml", lambda path: text, {"p": "${{ parameters.q }}"}, {}, groups=lambda name: {}
    )
    assert only_script(plan) == "${{ parameters.q }}"


def test_more_than_a_hundred_files_are_refused():
    root = "steps:\n" + "".join(f"- template: t{index}.yml\n" for index in range(100))
    with pytest.raises(PipelineInvalid, match="maximum file count of 100"):
        compile_pipeline(
            "a.yml",
            lambda path: root if path == "a.yml" else "steps: [{script: x}]",
            {},
            {},
            groups=lambda name: {},
        )


def test_phases_and_queues_are_jobs_in_words_of_before():
    files = {
        "a.yml": """
phases:
- phase: Build
  queue:
    name: Default
    demands: [maven]
    timeoutInMinutes: 5
    parallel: 2
    matrix: {one: {v: 1}, two: {v: 2}}
  steps: [{script: x}]
- template: more.yml
- phase: Wait
  dependsOn: Build
  server: true
  steps: [{task: Delay@1, inputs: {delayForMinutes: 1}}]
""",
        "more.yml": "phases: [{phase: More, queue: Mine, steps: [{script: y}]}]\n",
    }
    plan = compile_pipeline("a.yml", files.get, {}, {}, groups=lambda name: {})
    build, more, wait = plan.stages[0].jobs
    assert (build.name, build.timeout_minutes) == ("Build", 5)
    assert build.pool == Pool("Default", demands=("maven",))
    assert build.strategy == Matrix((("one", {"v": "1"}), ("two", {"v": "2"})), max_parallel=2)
    assert (more.pool, wait.pool) == (Pool("Mine"), Pool("server", server=True))
    assert wait.depends_on == ("Build",)
    text = "queue: {name: Default, demands: maven}\nsteps: [{script: x}]\n"
    (only,) = compile_text(text).stages[0].jobs
    assert (only.name, only.pool) == ("Job", Pool("Default", demands=("maven",)))
    with pytest.raises(PipelineInvalid, match="Unexpected value 'vmImage'"):
        compile_text("queue: {vmImage: x}\nsteps: [{script: x}]\n")
    with pytest.raises(PipelineInvalid, match="Unexpected value 'queue'"):
        compile_text("queue: x\njobs: []\n")


def test_a_pool_and_a_repository_may_say_more_than_is_documented():
    text = (
        "pool: {name: Ours, sku: large}\n"
        "resources: {repositories: [{repository: a, name: a, checkoutOptions: {lfs: true}}]}\n"
        "steps: [{script: x}]\n"
    )
    plan = compile_text(text)
    assert plan.pool == Pool("Ours")
    assert [one.alias for one in plan.resources.repositories] == ["a"]


def test_the_name_of_an_environment_may_hold_its_resource_in_full_as_in_short():
    def compiled(environment):
        job = (
            f"{{deployment: D, environment: {environment}, strategy: {{runOnce: {{deploy: {{steps: []}}}}}}}}"
        )
        return compile_text(f"jobs: [{job}]\n").stages[0].jobs[0].environment

    for text in ("prod.vm.1", "{name: prod.vm.1}", "{name: prod, resourceName: vm.1}"):
        assert (compiled(text).name, compiled(text).resource_name) == ("prod", "vm.1")
    with pytest.raises(PipelineInvalid) as caught:
        compiled("{name: prod.a, resourceName: b}")
    wanted = "Environment name cannot contain resourceName 'a' if resourceName is explicitly specified 'b'"
    assert wanted in caught.value.message
