"""A pipeline's file and all it includes -> one tree without template expressions, and what its parameters came to.

Source: `shared/reference/azure-devops.md` 4.2, 4.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.azure_devops.language.budget import TooLarge
from simulator.azure_devops.language.expressions.values import ObjectValue, of
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.parameters import (
    Declaration,
    bind,
    given_by_request,
    read_declarations,
)
from simulator.azure_devops.language.scope import Scope
from simulator.azure_devops.language.source import MappingNode, wrong_kind
from simulator.azure_devops.language.template_files import TemplateFiles
from simulator.azure_devops.language.template_paths import repository_aliases
from simulator.azure_devops.language.templates import Expander


@dataclass(frozen=True)
class Expanded:
    """The root mapping without template expressions, and what the parameters came to."""

    root: MappingNode
    declarations: tuple[Declaration, ...]
    parameters: ObjectValue
    files: tuple[str, ...]


def expand_pipeline(
    file: str,
    read: Callable[[str, Position | None], str | None],
    parameters: Mapping[str, object],
    variables: Mapping[str, str],
    errors: ErrorList,
    payloads: Mapping[str, object],
) -> Expanded:
    """Expands the pipeline in `file`. `read(name, position)` gives a file's text and reports a missing one itself.

    `payloads` (of webhooks, by alias) stand beside the parameters.

    Raises PipelineInvalid when the root file cannot be read as YAML at all; other errors go to `errors`.
    """
    files = TemplateFiles(read, errors)
    expander = Expander(files, errors)
    root = files.load(file, None)
    if root is None:
        errors.raise_if_any()
        raise AssertionError("unreachable")
    if not isinstance(root, MappingNode):
        errors.add(wrong_kind(root), root.where)
        errors.raise_if_any()
        raise AssertionError("unreachable")
    files.aliases = repository_aliases(root)
    declarations = read_declarations(root.find("parameters"), errors, root=True)
    bound = bind(declarations, given_by_request(parameters), errors)
    seen = ObjectValue(
        {**bound.items, **{alias: of(body) for alias, body in payloads.items()}}, folds_case=True, strict=True
    )
    scope = Scope(seen, dict(variables), nesting=(file,))
    try:
        entries = expander.extended(expander.entries(root, "root", scope), scope)
    except TooLarge as too_large:
        errors.add_in_file(str(too_large), too_large.file)
        errors.raise_if_any()
    except RecursionError:
        errors.add_in_file(TooLarge.DEPTH, file)
        errors.raise_if_any()
    return Expanded(MappingNode(tuple(entries), root.where), declarations, bound, tuple(files.read_so_far))


def expand_part(head: MappingNode, scope: Scope, errors: ErrorList) -> MappingNode:
    """Expands entries of the root that include no file, such as `trigger` and `resources`."""
    expander = Expander(TemplateFiles(lambda _file, _position: None, errors), errors)
    return MappingNode(tuple(expander.entries(head, "root", scope)), head.where)
