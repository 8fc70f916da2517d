"""The files of one expansion: read, counted, and given the scope of their own parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.azure_devops.language.budget import MAXIMUM_DEPTH, TooLarge
from simulator.azure_devops.language.file_reading import checked
from simulator.azure_devops.language.invalid import ErrorList, PipelineInvalid, Position
from simulator.azure_devops.language.parameters import (
    STRUCTURES,
    Given,
    bind,
    given_by_template,
    read_declarations,
)
from simulator.azure_devops.language.scope import Scope
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, read_source, wrong_kind
from simulator.azure_devops.language.template_paths import ReferenceInvalid, anchored, resolve_template

MAXIMUM_FILES = 100


class TemplateFiles:
    """Reads templates; `read(file, position)` reports a missing file itself and answers None."""

    def __init__(self, read: Callable[[str, Position | None], str | None], errors: ErrorList) -> None:
        self.read = read
        self.errors = errors
        self.read_so_far: dict[str, None] = {}
        self.aliases: dict[str, str] = {}
        self._trees: dict[str, Node | None] = {}

    def load(self, file: str, called_at: Position | None) -> Node | None:
        """The tree of a file, read once; None where it cannot be had, which is then an error."""
        if file not in self._trees:
            self._trees[file] = self._load(file, called_at)
        return self._trees[file]

    def _load(self, file: str, called_at: Position | None) -> Node | None:
        text = self.read(file, called_at)
        if text is None:
            return None
        self.read_so_far[file] = None
        if len(self.read_so_far) > MAXIMUM_FILES:
            self.errors.add(f"The maximum file count of {MAXIMUM_FILES} has been exceeded", called_at)
            return None
        try:
            return checked(read_source(text, file, self.errors), self.errors)
        except PipelineInvalid as failure:
            self.errors.extend(failure.errors)
            return None

    def anchored(self, given: Given, structures: set[str]) -> Given:
        """Steps, jobs or stages given as a parameter: their templates are the caller's, wherever they are inserted."""
        if given.node is None or given.name.lower() not in structures:
            return given
        try:
            return replace(given, node=anchored(given.node, self.aliases))
        except ReferenceInvalid as failure:
            self.errors.add_in_file(str(failure), given.node.where.file)
            return given

    def template(self, reference: MappingNode, scope: Scope) -> tuple[MappingNode, Scope] | None:
        """The template that `{template, parameters}` names, not yet expanded, and the scope of its own."""
        for key, _ in reference.entries:
            if key.text not in ("template", "parameters"):
                self.errors.add(f"Unexpected value '{key.text}'", key.where, ("template", "parameters"))
        name = reference.find("template")
        if not isinstance(name, ScalarNode):
            self.errors.add("Expected a scalar value", name.where if name else reference.where)
            return None
        if name.broken:
            return None
        try:
            file = resolve_template(name.text, name.where.file, self.aliases)
        except ReferenceInvalid as failure:
            self.errors.add_in_file(str(failure), name.where.file)
            return None
        if len(scope.nesting) > MAXIMUM_DEPTH:
            raise TooLarge(TooLarge.DEPTH, replace(name.where, file=file))
        root = self.load(file, name.where)
        if root is None:
            return None
        if not isinstance(root, MappingNode):
            self.errors.add(wrong_kind(root), root.where)
            return None
        return root, self.called(root, reference, scope, file)

    def called(self, root: MappingNode, reference: MappingNode, scope: Scope, file: str) -> Scope:
        """The scope of a template's own: its parameters bound, the variables so far, no loop variables."""
        given = reference.find("parameters")
        empty = given is None or (isinstance(given, ScalarNode) and not given.text)
        if given is not None and not empty and not isinstance(given, MappingNode):
            self.errors.add(wrong_kind(given), given.where)
        declared = root.find("parameters")
        declarations = read_declarations(declared, self.errors, root=False)
        open_names = declared is None or isinstance(declared, MappingNode)
        structures = {each.name.lower() for each in declarations if each.type in STRUCTURES}
        listed = given_by_template(given) if isinstance(given, MappingNode) else []
        values = [self.anchored(item, structures) for item in listed]
        bound = bind(declarations, values, self.errors, open_names=open_names)
        return Scope(bound, scope.variables, nesting=(*scope.nesting, file))
