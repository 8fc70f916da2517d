"""The files of one expansion: read, counted, and given the scope of their own parameters."""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.pipelines.invalid import ErrorList, PipelineInvalid, Position
from simulator.azure_devops.pipelines.parameters import bind, given_by_template, read_declarations
from simulator.azure_devops.pipelines.scope import Scope
from simulator.azure_devops.pipelines.source import MappingNode, Node, ScalarNode, parse_source
from simulator.azure_devops.pipelines.template_paths import resolve_template

MAXIMUM_FILES = 100
MAXIMUM_NESTING = 50


class TemplateFiles:
    """Reads templates; `read(file, position)` reports a missing file itself and answers None."""

    def __init__(self, read: Callable[[str, Position | None], str | None], errors: ErrorList) -> None:
        self.read = read
        self.errors = errors
        self.read_so_far: dict[str, None] = {}

    def load(self, file: str, called_at: Position | None) -> Node | None:
        text = self.read(file, called_at)
        if text is None:
            return None
        self.read_so_far[file] = None
        if len(self.read_so_far) > MAXIMUM_FILES:
            self.errors.add(f"The maximum file count of {MAXIMUM_FILES} has been exceeded", called_at)
            return None
        try:
            return parse_source(text, file)
        except PipelineInvalid as failure:
            self.errors.extend(failure.errors)
            return None

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
        file = resolve_template(name.text, name.where.file)
        if file in scope.nesting or len(scope.nesting) > MAXIMUM_NESTING:
            self.errors.add("Maximum object depth exceeded", Position(file, 1, 1))
            return None
        root = self.load(file, name.where)
        if root is None:
            return None
        if not isinstance(root, MappingNode):
            self.errors.add("Expected a mapping", root.where)
            return None
        return root, self.called(root, reference, name, scope, file)

    def called(
        self, root: MappingNode, reference: MappingNode, name: ScalarNode, scope: Scope, file: str
    ) -> Scope:
        given = reference.find("parameters")
        empty = given is None or (isinstance(given, ScalarNode) and not given.text)
        if not empty and not isinstance(given, MappingNode):
            self.errors.add("Expected a mapping", given.where if given else None)
        values = given_by_template(given) if isinstance(given, MappingNode) else []
        declared = root.find("parameters")
        declarations = read_declarations(declared, self.errors, root=False)
        old_form = isinstance(declared, MappingNode)
        bound = bind(declarations, values, self.errors, name.where, old_form=old_form)
        return Scope(bound, scope.variables, nesting=(*scope.nesting, file))
