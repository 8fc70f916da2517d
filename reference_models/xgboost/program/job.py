"""A job of XGBoost's own: what one call of the library needs, and the boosters that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contract.layout import Layout

from program import channels, checkpoints, metrics, models
from program.hosts import Cluster
from program.hyperparameters import library_parameters
from program.library import image_version

SMALL_TABLE_CELLS = 200_000  # below this, waking threads costs more than the trees


class Job:
    """What one call of XGBoost needs to know."""

    def __init__(
        self,
        xgboost: Any,
        layout: Layout,
        values: Mapping[str, Any],
        tables: Mapping[str, channels.Table],
        cluster: Cluster,
    ) -> None:
        self.xgboost, self.layout, self.values, self.cluster = xgboost, layout, values, cluster
        self.matrices = {name: channels.matrix(xgboost, table) for name, table in tables.items()}
        built_in, own = metrics.wanted(values)
        self.measure = metrics.custom(own, values.get("objective", "reg:squarederror"))
        self.parameters = library_parameters(values)
        if tables["train"].features.size < SMALL_TABLE_CELLS:
            self.parameters.setdefault("nthread", 1)
        if built_in:
            self.parameters["eval_metric"] = built_in

    def fit(self, matrix: Any, fold: int | None) -> tuple[Any, dict[str, Any]]:
        """One booster and how it was evaluated, going on from the last checkpoint if there is one."""
        directory = checkpoints.directory(self.layout, fold)
        before, done = checkpoints.last(directory)
        results: dict[str, Any] = {}
        booster = self.xgboost.train(
            self.parameters,
            matrix,
            num_boost_round=self.values["num_round"] - done,
            evals=[(each, name) for name, each in self.matrices.items()],
            custom_metric=self.measure,
            evals_result=results,
            verbose_eval=False,
            callbacks=self.callbacks(directory, done),
            xgb_model=str(before) if before else None,
        )
        return booster, results

    def callbacks(self, directory: Path | None, done: int) -> Sequence[Any]:
        """What happens after each round; `done` rounds were done before."""
        chosen = [metric_printer(self.xgboost, done)]
        if directory is not None and self.cluster.is_master:
            chosen.append(checkpoints.saver(self.xgboost, directory, done))
        if self.values.get("save_model_on_termination") == "true" and self.cluster.is_master:
            chosen.append(models.keeper(self.xgboost, self.layout.model, image_version()))
        metric, rounds = metrics.stopping_metric(self.values), self.values.get("early_stopping_rounds")
        if rounds and metric and "validation" in self.matrices:
            stopping = self.xgboost.callback.EarlyStopping(
                rounds=rounds,
                data_name="validation",
                metric_name=metric,
                maximize=metric in metrics.MAXIMIZED,
                save_best=self.cluster.is_master,
            )
            chosen.append(stopping)
        return chosen


def metric_printer(xgboost: Any, done: int) -> Any:
    """Prints each round as the log of the AWS image shows it: #011 is how the log escapes its tab."""

    class MetricPrinter(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
            parts = [f"[{done + epoch}]"]
            for data, history in evals_log.items():
                parts += [f"{data}-{metric}:{values[-1]:.5f}" for metric, values in history.items()]
            print("#011".join(parts), flush=True)
            return False

    return MetricPrinter()
