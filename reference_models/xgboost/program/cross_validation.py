"""K-fold cross validation: a booster a fold, their mean metrics, and the prediction of each row that was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from program.job import Job


def splits(
    labels: np.ndarray, folds: int, rounds: int, stratified: bool, seed: int
) -> Iterator[tuple[Any, Any]]:
    """Rows to train on and rows left out; where there are classes, each fold has its share of them."""
    random = np.random.default_rng(seed)
    for _ in range(rounds):
        order = random.permutation(len(labels))
        if stratified:
            order = order[np.argsort(labels[order], kind="stable")]
        for fold in range(folds):
            left_out = np.sort(order[fold::folds])
            yield np.setdiff1d(order, left_out), left_out


def cross_validate(job: Job) -> list[Any]:
    """One booster a fold and round; the watch list stays the whole channels, as in AWS's container."""
    values, rounds = job.values, job.values.get("_num_cv_round", 1)
    matrix, folds = job.matrices["train"], values["_kfold"]
    objective = values.get("objective", "reg:squarederror")
    classes = "num_class" in values or objective.startswith("binary:")
    labels, predicted = matrix.get_label(), np.full((rounds, matrix.num_row()), np.nan)
    boosters, results = list[Any](), list[dict[str, Any]]()
    for rows, left_out in splits(labels, folds, rounds, classes, int(values.get("seed", 0))):
        booster, result = job.fit(matrix.slice(rows), len(boosters))
        guess = booster.predict(matrix.slice(left_out))
        predicted[len(boosters) // folds, left_out] = np.argmax(guess, axis=1) if guess.ndim > 1 else guess
        boosters.append(booster)
        results.append(result)
        if len(boosters) % folds == 0:
            print(report(values["num_round"], results[-folds:]), flush=True)
    if rounds > 1:
        print(report(values["num_round"], results), flush=True)
    output = job.layout.output / "data"
    output.mkdir(parents=True, exist_ok=True)
    np.savetxt(output / "predictions.csv", np.column_stack([labels, predicted.mean(axis=0)]), delimiter=",")
    return boosters


def report(rounds: int, results: Sequence[dict[str, Any]]) -> str:
    """The mean of the last value of each metric, as a line that metric regexes read."""
    parts = [f"[{rounds}]"]
    for metric in results[0]["train"]:
        means = {data: np.mean([each[data][metric][-1] for each in results]) for data in results[0]}
        parts += [f"{data}-{metric}:{mean:.5f}" for data, mean in means.items()]
    return "#011".join(parts)
