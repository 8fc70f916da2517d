"""What a new definition would change in a stack as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation import changes, properties, schemas
from simulator.aws.cloudformation.calls import ResourceFailed
from simulator.aws.cloudformation.evaluation import Evaluation
from simulator.aws.cloudformation.intrinsics import NotKnown, resolve
from simulator.aws.cloudformation.place import export_value
from simulator.aws.cloudformation.records import Definition, ResourceRecord, StackRecord, resources
from simulator.kernel.store import Store


def plan(
    store: Store, stack: StackRecord, wanted: Definition, evaluation: Evaluation
) -> tuple[list[changes.Change], bool]:
    """The changes of resources, and whether anything at all differs (outputs and tags count)."""
    records = {name: r for name, r in resources(store, stack).items() if r.instance}
    prediction = _Prediction(store, stack, wanted, evaluation, records)
    old = stack.definition
    parameters = {
        name
        for name in {*old.parameters, *wanted.parameters}
        if old.parameters.get(name) != wanted.parameters.get(name)
        or old.stored.get(name) != wanted.stored.get(name)
    }
    found = changes.predict(
        {name: _known(record) for name, record in records.items()},
        changes.Update(
            evaluation.template.resources,
            evaluation.graph,
            lambda type_name: _schema(evaluation, type_name),
            prediction.resolve,
            frozenset(parameters),
        ),
    )
    differs = bool(found) or dict(old.tags) != dict(wanted.tags) or prediction.outputs_differ()
    return found, differs


def _schema(evaluation: Evaluation, type_name: str) -> schemas.ResourceSchema:
    return schemas.load(evaluation.region, type_name)


def _known(record: ResourceRecord) -> changes.Known:
    assert record.instance is not None
    return changes.Known(
        record.type,
        record.instance.physical,
        record.written,
        record.instance.properties,
        record.metadata,
        (record.deletion_policy, record.update_replace_policy),
    )


class _Prediction:
    """Resolves properties with the resources that stand, and without those that will be made anew."""

    def __init__(
        self,
        store: Store,
        stack: StackRecord,
        wanted: Definition,
        evaluation: Evaluation,
        records: Mapping[str, ResourceRecord],
    ) -> None:
        self._store, self._stack, self._wanted = store, stack, wanted
        self._evaluation, self._records = evaluation, records

    def resolve(self, logical: str, unknown: frozenset[str]) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Certain properties, checked and tagged, and the names of the others."""
        scope = self._evaluation.seeing(
            lambda name: self._instance(name, unknown).physical,
            lambda name, attribute: self._attribute(name, attribute, unknown),
            lambda name: export_value(self._store, self._stack.account, self._stack.region, name),
        )
        written = self._evaluation.template.resources[logical].properties
        certain, dynamic = changes.split_known(written, lambda node: resolve(node, scope))
        schema = self._evaluation.schema(logical)
        checked, _ = properties.check(schema, certain)
        return properties.with_stack_tags(schema, checked, self._wanted.tags), dynamic

    def _instance(self, name: str, unknown: frozenset[str]) -> Any:
        record = self._records.get(name)
        if record is None or record.instance is None or name in unknown:
            raise NotKnown(name)
        return record.instance

    def _attribute(self, name: str, attribute: str, unknown: frozenset[str]) -> Any:
        attributes = self._instance(name, unknown).attributes
        if attribute not in attributes:
            raise NotKnown(f"{name}.{attribute}")
        return attributes[attribute]

    def outputs_differ(self) -> bool:
        """Whether the outputs would be others than they are."""
        scope = self._evaluation.seeing(
            lambda name: self._instance(name, frozenset()).physical,
            lambda name, attribute: self._attribute(name, attribute, frozenset()),
            lambda name: export_value(self._store, self._stack.account, self._stack.region, name),
        )
        try:
            outputs = self._evaluation.outputs(scope)
        except (NotKnown, ResourceFailed):
            return True
        return [dict(entry) for entry in outputs] != [dict(entry) for entry in self._stack.outputs]
