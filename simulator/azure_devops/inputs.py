"""Inputs that people fill in (of hooks, of service connections): their descriptors and their check. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MASK = "********"


@dataclass(frozen=True)
class Input:
    """One input; `options` limit its values ("" is any), `dynamic` says that inputValuesQuery lists them."""

    id: str
    name: str
    description: str = ""
    mode: str = "textBox"
    required: bool = False
    confidential: bool = False
    options: tuple[str, ...] = ()
    dynamic: bool = False
    needs: tuple[str, ...] = ()
    kind: str = "string"

    def descriptor(self) -> dict[str, Any]:
        """The InputDescriptor of the wire."""
        value: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "description": self.description or self.name,
            "inputMode": self.mode,
            "isConfidential": self.confidential,
            "useInDefaultDescription": False,
            "validation": {"dataType": self.kind, "isRequired": self.required},
            "hasDynamicValueInformation": self.dynamic,
        }
        if self.needs:
            value["dependencyInputIds"] = list(self.needs)
        if self.options:
            possible = [{"value": one, "displayValue": one or "[Any]"} for one in self.options]
            value["values"] = {
                "inputId": self.id,
                "defaultValue": self.options[0],
                "possibleValues": possible,
                "isLimitedToPossibleValues": True,
            }
        return value


def problem(inputs: Iterable[Input], given: Mapping[str, Any]) -> str:
    """What is wrong with the values given for some inputs, or the empty text."""
    names = {name.lower(): value for name, value in given.items()}
    for one in inputs:
        value = str(names.get(one.id.lower()) or "")
        if one.required and not value:
            return f"The input {one.id} is required."
        if value and one.options and value.lower() not in {option.lower() for option in one.options}:
            return f"The value {value} of the input {one.id} is not valid. Expected one of {', '.join(one.options)}."
    return ""


def masked(inputs: Iterable[Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are read: confidential ones are asterisks."""
    secret = {one.id.lower() for one in inputs if one.confidential}
    return {name: MASK if name.lower() in secret and value else value for name, value in given.items()}


def value(given: Mapping[str, Any], name: str) -> str:
    """The value of an input, whatever the case of its name."""
    wanted = name.lower()
    return next((str(item or "") for key, item in given.items() if key.lower() == wanted), "")
