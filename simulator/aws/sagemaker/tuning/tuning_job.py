"""One tuning job as the store has it: its row, the notes of its trials, and the changes that they go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.aws.sagemaker.acting import Actor, as_service
from simulator.aws.sagemaker.kept import Kept
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.tuning import HYPER_PARAMETER_TUNING_JOB
from simulator.aws.sagemaker.tuning.search import Definition, Search, search
from simulator.aws.sagemaker.tuning.trials import Trial, best, counters, not_improving, summary, trial

TRIAL = "sagemaker.tuning_trial"


@dataclass(frozen=True)
class TuningJob(Kept):
    """One tuning job; `key` is account/region/name."""

    kind: Kind = field(default=HYPER_PARAMETER_TUNING_JOB, init=False)

    @cached_property
    def search(self) -> Search:
        """What was asked for."""
        return search(self.row)

    @cached_property
    def actor(self) -> Actor:
        """SageMaker itself: the caller of a tuning job needs no right to CreateTrainingJob."""
        account, region, _ = self.place
        return as_service(self.cloud, account, region)

    def definition(self, each: Trial) -> Definition:
        """The definition by which a trial trains."""
        return self.search.named(each.definition)

    def training_key(self, name: str) -> str:
        """The row key of a training job here."""
        account, region, _ = self.place
        return f"{account}/{region}/{name}"

    def training(self, name: str) -> Row | None:
        """The row of a trial's training job."""
        return self.kernel.store.get(TRAINING_JOB.row, self.training_key(name))

    def plan(self, index: int, tuned: Mapping[str, str]) -> Trial:
        """Note a trial before its training job is asked for, so that a killed process asks for the same one."""
        name = f"{self.place[2]}-{index + 1:03d}-{self.kernel.ids.hex(8)}"
        noted = {
            "index": index,
            "name": name,
            "definition": self.search.definition(index).name,
            "tuned": dict(tuned),
        }
        self.kernel.store.put(TRIAL, self._trial_key(index), noted)
        return self._of(noted)

    def trials(self) -> list[Trial]:
        """All trials so far, the first first."""
        return [self._of(noted) for _, noted in self.kernel.store.scan(TRIAL, f"{self.key}/")]

    def again(self, each: Trial) -> Trial:
        """A trial as it is now; once it has ended its note keeps it, whatever becomes of the training job."""
        if each.ended:
            return each
        row = self.training(each.name)
        if row is None:
            return each
        noted = self.kernel.store.get(TRIAL, self._trial_key(each.index)) or {}
        now = trial(noted, row, self.search.named(noted["definition"]).objective)
        if now.ended:
            kept = {"summary": dict(now.summary), "value": now.value, "series": list(now.series)}
            self.kernel.store.put(TRIAL, self._trial_key(each.index), {**noted, **kept})
        return now

    def forget(self) -> None:
        """Take the notes of the trials away; the training jobs stay, as on AWS."""
        for key, _ in self.kernel.store.scan(TRIAL, f"{self.key}/"):
            self.kernel.store.delete(TRIAL, key)

    def shown(self, each: Trial) -> dict[str, Any]:
        """A trial as clients see it."""
        return summary(each, self.definition(each).objective, typed=self.search.several)

    def note(self, trials: Sequence[Trial]) -> None:
        """Bring counters, best job and consumed time of the row up to date."""
        ended = [each for each in trials if each.ended]
        objective, row = self.search.definitions[0].objective, self.row
        members: dict[str, Any] = counters(trials)
        members["TuningJobCompletionDetails"] = {
            **row.get("TuningJobCompletionDetails", {}),
            "NumberOfTrainingJobsObjectiveNotImproving": not_improving(ended, objective),
        }
        if top := best(ended, objective):
            members["BestTrainingJob"] = self.shown(top)
            if overall := self._overall(row, members["BestTrainingJob"], top):
                members["OverallBestTrainingJob"] = overall
        if any(row.get(member) != value for member, value in members.items()):
            members["LastModifiedTime"] = self.kernel.clock.now()
            self.change(members, quiet=True)

    def _overall(self, row: Row, own: Mapping[str, Any], top: Trial) -> dict[str, Any] | None:
        """The best of this job and its parents, where data and algorithm are the same."""
        if row.get("WarmStartConfig", {}).get("WarmStartType") != "IdenticalDataAndAlgorithm":
            return None
        objective = self.search.definitions[0].objective
        found = {**own, "TuningJobName": row["HyperParameterTuningJobName"]}
        value = top.value or 0.0
        for parent in row.get("_parents_best", ()):
            theirs = float(parent["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
            if objective.better(theirs, value):
                found, value = dict(parent), theirs
        return found

    def _of(self, noted: Mapping[str, Any]) -> Trial:
        if "summary" in noted:
            return Trial(
                noted["index"], noted["name"], noted["definition"], noted["tuned"],
                noted["summary"], noted["value"], tuple(noted["series"]),
            )  # fmt: skip
        objective = self.search.named(noted["definition"]).objective
        return trial(noted, self.training(noted["name"]) or {}, objective)

    def _trial_key(self, index: int) -> str:
        return f"{self.key}/{index:06d}"
