"""The copies of a job by matrix and parallel."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.azure_devops.language.plan import Job, Matrix, Parallel
from simulator.azure_devops.pipelines.job_copies import MatrixInvalid, job_copies

JOB = Job("Build", "", "job", (), "", False, 60, 5, (), None)


def with_strategy(strategy: Matrix | Parallel | None) -> Job:
    return dataclasses.replace(JOB, strategy=strategy)


def test_a_job_without_strategy_is_one_copy_with_its_own_name():
    assert [(copy.key, copy.display_name) for copy in job_copies(JOB)] == [("", "Build")]


def test_matrix_legs_append_their_key_after_a_space():
    copies = job_copies(with_strategy(Matrix((("Alpha", {"x": "a"}), ("Beta", {"x": "b"})))))
    assert [copy.display_name for copy in copies] == ["Build Alpha", "Build Beta"]
    assert copies[1].variables == {
        "x": "b",
        "System.JobPositionInPhase": "2",
        "System.TotalJobsInPhase": "2",
        "System.ParallelExecutionType": "MultiConfiguration",
    }


def test_an_empty_matrix_is_still_one_job():
    assert len(job_copies(with_strategy(Matrix()))) == 1


def test_parallel_copies_know_their_position_and_are_called_by_it():
    """`ParallelExecutionOptions` of actions/runner (2019, MIT): slices are `Job1`, `Job2`; one slice is a job alone."""
    copies = job_copies(with_strategy(Parallel(2)))
    assert [(copy.key, copy.display_name) for copy in copies] == [("Job1", "Build 1"), ("Job2", "Build 2")]
    assert [copy.key for copy in job_copies(with_strategy(Parallel(1)))] == [""]
    assert [copy.variables["System.JobPositionInPhase"] for copy in copies] == ["1", "2"]
    assert {copy.variables["System.TotalJobsInPhase"] for copy in copies} == {"2"}


def test_a_matrix_expression_gives_its_legs_at_run_time():
    job = with_strategy(Matrix(expression="$[ dependencies.A.outputs['s.m'] ]"))
    copies = job_copies(job, '{"one": {"n": 1}, "two": {"n": "2"}}')
    assert [copy.variables["n"] for copy in copies] == ["1", "2"]
    for wrong in ("[1]", "nonsense", '{"a": 1}'):
        with pytest.raises(MatrixInvalid):
            job_copies(job, wrong)
