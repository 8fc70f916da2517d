"""What must be known of a pipeline before anyone runs it: its triggers, resources and the parameters it will ask for.

A push or a webhook looks here; nothing is compiled, so a parameter without default is no error yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.azure_devops.language.expansion import expand_part
from simulator.azure_devops.language.expressions.values import ObjectValue, of
from simulator.azure_devops.language.invalid import ErrorList, PipelineInvalid, YamlError
from simulator.azure_devops.language.parameters import Declaration, bind, read_declarations
from simulator.azure_devops.language.plain_values import plain
from simulator.azure_devops.language.plan import DEFAULT_RUN_NAME, Parameter, Resources, Schedule, Trigger
from simulator.azure_devops.language.reading.fields import Fields
from simulator.azure_devops.language.reading.resources import read_resources
from simulator.azure_devops.language.reading.triggers import read_schedules, read_trigger
from simulator.azure_devops.language.scope import Scope
from simulator.azure_devops.language.source import MappingNode, parse_source, wrong_kind

_LOOKED_AT = ("name", "trigger", "schedules", "resources")


@dataclass(frozen=True)
class Outline:
    """The head of a pipeline. A parameter's `value` is its default, None where it has none."""

    run_name: str
    trigger: Trigger
    schedules: tuple[Schedule, ...]
    resources: Resources
    parameters: tuple[Parameter, ...]


def read_outline(
    path: str, read_file: Callable[[str], str | None], variables: Mapping[str, str] | None = None
) -> Outline:
    """The outline of the pipeline at `path`. Raises PipelineInvalid where its head cannot be read."""
    file = "/" + path.lstrip("/")
    text = read_file(file.removeprefix("/"))
    if text is None:
        raise PipelineInvalid((YamlError(f"File {file} not found"),))
    root = parse_source(text, file)
    if not isinstance(root, MappingNode):
        raise PipelineInvalid((YamlError(wrong_kind(root), root.where),))
    errors = ErrorList()
    declarations = read_declarations(root.find("parameters"), errors, root=True)
    unsaid = ErrorList()  # a value that is still to be given is no error of the outline
    bound = bind(declarations, [], unsaid)
    scope = Scope(bound, {name: of(v) for name, v in (variables or {}).items()})
    head = MappingNode(tuple(entry for entry in root.entries if entry[0].text in _LOOKED_AT), root.where)
    fields = Fields(expand_part(head, scope, errors), _LOOKED_AT, errors)
    outline = Outline(
        fields.text("name") or DEFAULT_RUN_NAME,
        read_trigger(fields.get("trigger"), errors),
        read_schedules(fields.get("schedules"), errors),
        read_resources(fields.get("resources"), errors),
        tuple(_parameter(declaration, bound) for declaration in declarations),
    )
    errors.raise_if_any()
    return outline


def _parameter(declaration: Declaration, bound: ObjectValue) -> Parameter:
    default = plain(bound.items[declaration.name])
    return Parameter(
        declaration.name, declaration.type, declaration.display_name, declaration.values, default
    )
