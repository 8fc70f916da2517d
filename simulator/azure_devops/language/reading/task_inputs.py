"""A step's inputs against the task's table: which connection is meant, and what the task will miss or not know."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.source import MappingNode, Node
from simulator.azure_devops.task_definitions.catalogue import (
    Task,
    TaskInput,
    applies,
    canonical_inputs,
    missing_inputs,
)
from simulator.azure_devops.task_definitions.definition import connection_names


def check_inputs(
    task: Task, inputs: Mapping[str, str], node: Node, step: str, around: Surroundings, errors: ErrorList
) -> None:
    """Reports connections that are not there; warns of unknown inputs, missing ones and odd values.

    `step` is how sentences call it.

    The service lets pass what it only warns of here: the task itself fails at run time.
    """
    places = _places(node)
    given = canonical_inputs(task, inputs)
    known = {name.lower() for each in task.inputs for name in (each.name, *each.aliases)}
    for name in inputs:
        if name.lower() not in known:
            where = places.get(name.lower(), node.where)
            errors.warn(
                f"Task {task.reference} has no input '{name}'", where, tuple(i.name for i in task.inputs)
            )
    for each in missing_inputs(task, given):
        errors.warn(
            f"Input required: {each.name} (task {task.reference})", _place(each, places) or node.where
        )
    for each in task.inputs:
        value = given.get(each.name, "")
        odd = each.options and value not in ("", each.default) and not _fits(value, each.options)
        named = value and (each.connection or each.secure_file)
        if not (odd or named) or not applies(each, given):
            continue
        if odd:
            errors.warn(f"Unexpected value '{value}'", _place(each, places) or node.where, each.options)
        if each.connection:
            for name in connection_names(each, value):
                _check_connection(f"{step} input {_given_as(each, inputs)}", each, name, around, errors)
        if each.secure_file:
            _check_secure_file(f"{step} input {_given_as(each, inputs)}", value, around, errors)


def _fits(value: str, options: tuple[str, ...]) -> bool:
    return "$(" in value or value.lower() in (option.lower() for option in options)


def _given_as(each: TaskInput, inputs: Mapping[str, str]) -> str:
    """The input as the author calls it: by its name or an alias."""
    given = {name.lower() for name in inputs}
    return next((name for name in (each.name, *each.aliases) if name.lower() in given), each.name)


def _check_connection(
    told: str, each: TaskInput, value: str, around: Surroundings, errors: ErrorList
) -> None:
    """The service gives these sentences no place."""
    if around.connections is None or "$(" in value:
        return
    kind = around.connections(value)
    if kind is None:
        errors.add(
            f"{told} references service connection {value} which could not be found. "
            "The service connection does not exist, has been disabled or has not been authorized for use. "
            "For authorization details, refer to https://aka.ms/yamlauthz."
        )
    elif kind.lower() != each.connection.lower():
        errors.add(
            f"{told} expects a service connection of type {each.connection} "
            f"but the provided service connection {value} is of type {kind}."
        )


def _check_secure_file(told: str, value: str, around: Surroundings, errors: ErrorList) -> None:
    if around.secure_files is None or "$(" in value or around.secure_files(value):
        return
    errors.add(
        f"{told} references secure file {value} which could not be found."
        " The secure file does not exist or has not been authorized for use. For authorization details, refer to"
        " https://aka.ms/yamlauthz."
    )


def _places(node: Node) -> Mapping[str, Position]:
    entries = node.entries if isinstance(node, MappingNode) else ()
    return {key.text.lower(): key.where for key, _ in entries}


def _place(each: TaskInput, places: Mapping[str, Position]) -> Position | None:
    return next((places[name.lower()] for name in (each.name, *each.aliases) if name.lower() in places), None)
