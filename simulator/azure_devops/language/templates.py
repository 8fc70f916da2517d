"""Template expansion: `${{ }}` values, directives, includes and `extends`, over the node tree.

The tree that comes out holds no template expression. What went wrong is in the error list; the place it went wrong
at is a broken scalar, so that readers can go on. Source: `shared/reference/azure-devops.md` 4.2, 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simulator.azure_devops.language.budget import Budget, TooLarge
from simulator.azure_devops.language.directives import Chain, each_pairs
from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import EvaluationFailure, ExpressionFailure
from simulator.azure_devops.language.expressions.values import Value, truth
from simulator.azure_devops.language.interpolation import (
    Directive,
    directive,
    interpolation,
    starts_like_directive,
)
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.node_values import value_to_node
from simulator.azure_devops.language.scope import (
    Scope,
    declared_variables,
    joined_lists,
    variable_items,
)
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode, wrong_kind
from simulator.azure_devops.language.template_files import TemplateFiles
from simulator.azure_devops.language.template_paths import repository_aliases
from simulator.azure_devops.language.template_places import CHILDREN, INCLUDABLE, TEMPLATE_KEYS

Entry = tuple[ScalarNode, Node]


class Expander:
    """Expands nodes; `errors` gets what is wrong, `budget` ends what grows without end."""

    def __init__(self, files: TemplateFiles, errors: ErrorList) -> None:
        self.files = files
        self.errors = errors
        self.budget = Budget()

    def include(self, kind: str, reference: MappingNode, scope: Scope) -> list[Node]:
        """The items a template of `kind` (stages, jobs, steps, variables) stands for."""
        try:
            return self.included_items(kind, reference, scope)
        except TooLarge as too_large:  # ends this template, not what stands beside it
            self.errors.add_in_file(str(too_large), too_large.file)
            return []

    def included_items(self, kind: str, reference: MappingNode, scope: Scope) -> list[Node]:
        found = self.files.template(reference, scope)
        if found is None:
            return []
        root, inner = found
        for key, _ in root.entries:
            if key.text not in ("parameters", kind, *TEMPLATE_KEYS):
                self.errors.add(f"Unexpected value '{key.text}'", key.where, ("parameters", kind))
        body = root.find(kind)
        if body is None:
            return []
        expanded = self.node(body, kind, inner)
        if kind == "variables":
            return list(variable_items(expanded))
        if not isinstance(expanded, SequenceNode):
            if not (isinstance(expanded, ScalarNode) and (expanded.broken or not expanded.text)):
                self.errors.add(wrong_kind(expanded), expanded.where)
            return []
        return list(expanded.items)

    def extended(self, entries: list[Entry], scope: Scope) -> list[Entry]:
        """Replaces `extends` by the root of the template it names."""
        extends = next((value for key, value in entries if key.text == "extends"), None)
        if extends is None:
            return entries
        if not isinstance(extends, MappingNode):
            self.errors.add(wrong_kind(extends), extends.where)
            return entries
        own = [entry for entry in entries if entry[0].text != "extends"]
        root_variables = next((value for key, value in own if key.text == "variables"), None)
        if root_variables is not None:
            scope = scope.with_variables(declared_variables(root_variables))
        found = self.files.template(extends, scope)
        if found is None:
            return [*own, (ScalarNode("steps", extends.where), ScalarNode("", extends.where, broken=True))]
        root, inner = found
        self.files.aliases |= repository_aliases(root)
        brought = self.extended(self.entries(root, "root", inner), inner)
        return self.merged(own, [entry for entry in brought if entry[0].text != "parameters"])

    def merged(self, own: list[Entry], brought: list[Entry]) -> list[Entry]:
        result = list(own)
        for key, value in brought:
            index = next((i for i, (mine, _) in enumerate(result) if mine.text == key.text), None)
            if index is None:
                result.append((key, value))
            elif key.text == "variables":
                both = (*variable_items(result[index][1]), *variable_items(value))
                result[index] = (result[index][0], SequenceNode(both, key.where))
            elif key.text == "resources":
                result[index] = (result[index][0], joined_lists(result[index][1], value))
            else:
                self.errors.add(f"'{key.text}' is already defined", key.where)
        return result

    # --- nodes -----------------------------------------------------------------------------------------------------

    def node(self, node: Node, kind: str, scope: Scope) -> Node:
        if isinstance(node, ScalarNode):
            return self.scalar(node, scope)
        with self.budget.inside(node.where):
            if isinstance(node, SequenceNode):
                return SequenceNode(tuple(self.items(node, kind, scope)), node.where)
            return MappingNode(tuple(self.entries(node, kind, scope)), node.where)

    def scalar(self, node: ScalarNode, scope: Scope, *, is_key: bool = False) -> Node:
        if node.broken:
            return node
        try:
            found = interpolation(node.text)
            if found is None:
                return self.budget.counted(node)
            if not is_key and starts_like_directive(node.text):
                self.errors.add(f"Unexpected value '{node.text}'", node.where)
                return replace(node, broken=True)
            value = evaluate_text(found.expression, scope.contexts)
            return self.budget.counted(value_to_node(value, scope.at or node.where))
        except ExpressionFailure as failure:
            self.errors.add(str(failure), node.where)
            return replace(node, broken=True)

    def key(self, node: ScalarNode, scope: Scope) -> ScalarNode:
        """A mapping's key; a directive's keyword used wrongly is an expression like any other here."""
        made = self.scalar(node, scope, is_key=True)
        if isinstance(made, ScalarNode):
            return made
        self.errors.add("Expected a scalar value", node.where)
        return replace(node, broken=True)

    def value(self, text: str, where: Position, scope: Scope) -> Value:
        """A directive's argument. Raises _Refused once the error is recorded."""
        try:
            return evaluate_text(text, scope.contexts)
        except ExpressionFailure as failure:
            self.errors.add(str(failure), where)
            raise _Refused from failure

    def directive(self, key: ScalarNode, *, in_sequence: bool = False) -> Directive | None:
        """The directive a key is. Raises _Refused where it is one, but wrong."""
        try:
            return directive(key.text)
        except ExpressionFailure as failure:
            self.errors.add(str(failure), key.where)
            if in_sequence:  # the item has nothing left to be
                self.errors.add(f"Unexpected value '{key.text}'", key.where)
            raise _Refused from failure

    def allowed_in(self, kind: str, key: ScalarNode) -> None:
        """Raises _Refused where no directive may stand."""
        if kind == "repositories":
            self.errors.add("A template expression is not allowed in this context", key.where)
            raise _Refused

    # --- mappings --------------------------------------------------------------------------------------------------

    def entries(self, node: MappingNode, kind: str, scope: Scope) -> list[Entry]:
        """The entries of a mapping after expansion; `variables` first, because the rest can see them."""
        children = CHILDREN.get(kind, {})
        ready: dict[int, Node] = {}
        if "variables" in children:
            for index, (key, value) in enumerate(node.entries):
                if key.text == "variables":
                    ready[index] = self.node(value, "variables", scope)
                    scope = scope.with_variables(declared_variables(ready[index]))
        chain, made = Chain(), list[Entry]()
        for index, (key, value) in enumerate(node.entries):
            if index in ready:
                made.append((key, ready[index]))
                continue
            added = self.entry(key, value, kind, scope, chain)
            made.extend(added)
            if kind == "variables":
                scope = scope.with_variables(declared_variables(MappingNode(tuple(added), node.where)))
        return self.unique(made)

    def unique(self, entries: list[Entry]) -> list[Entry]:
        seen: set[str] = set()
        kept: list[Entry] = []
        for key, value in entries:
            if key.text.lower() in seen and not key.broken:
                self.errors.add(f"'{key.text}' is already defined", key.where)
                continue
            seen.add(key.text.lower())
            kept.append((key, value))
        return kept

    def entry(self, key: ScalarNode, value: Node, kind: str, scope: Scope, chain: Chain) -> list[Entry]:
        if kind in ("root", "template") and key.text == "parameters":
            return [(key, value)]
        if key.broken:
            return []  # told when the file was read
        try:
            if kind == "trigger" and starts_like_directive(key.text):
                return [(key, value)]  # not expanded there, so that the reader refuses it
            found = self.directive(key)
            if found is None:
                return self.plain_entry(key, value, kind, scope)
            self.allowed_in(kind, key)
            return self.directed_entries(found, key, value, kind, scope, chain)
        except _Refused:
            return []

    def plain_entry(self, key: ScalarNode, value: Node, kind: str, scope: Scope) -> list[Entry]:
        made = self.key(key, scope)
        child = CHILDREN.get(kind, {}).get(made.text, CHILDREN.get(kind, {}).get("*", "plain"))
        return [] if made.broken else [(made, self.node(value, child, scope))]

    def directed_entries(
        self, found: Directive, key: ScalarNode, value: Node, kind: str, scope: Scope, chain: Chain
    ) -> list[Entry]:
        if found.keyword == "each":
            chain.broken()
            return [
                entry
                for inner in self.loops(found, key, scope)
                for entry in self.body_entries(value, kind, inner)
            ]
        if found.keyword == "insert":
            chain.broken()
            return self.body_entries(value, kind, scope)
        if not chain.allows(found.keyword):
            self.errors.add(
                f"The expression directive '{found.keyword}' is not supported in this context", key.where
            )
            self.errors.add("A mapping was not expected", value.where)
            return []
        return self.body_entries(value, kind, scope) if self.chosen(found, key, scope, chain) else []

    def body_entries(self, value: Node, kind: str, scope: Scope) -> list[Entry]:
        """The entries a directive's body adds to the mapping it stands in."""
        body = self.scalar(value, scope) if isinstance(value, ScalarNode) else value
        if isinstance(body, MappingNode):
            # A value inserted by an expression is already expanded; a written body is expanded here.
            return list(body.entries) if body is not value else self.entries(body, kind, scope)
        if not (isinstance(body, ScalarNode) and body.broken):
            self.errors.add("Expected a mapping", value.where)
        return []

    # --- sequences -------------------------------------------------------------------------------------------------

    def items(self, node: SequenceNode, kind: str, scope: Scope) -> list[Node]:
        chain, made = Chain(), list[Node]()
        for item in node.items:
            added = self.item(item, kind, scope, chain)
            made.extend(added)
            if kind == "variables":
                scope = scope.with_variables(declared_variables(SequenceNode(tuple(added), node.where)))
        return made

    def item(self, item: Node, kind: str, scope: Scope, chain: Chain) -> list[Node]:
        if isinstance(item, ScalarNode):
            made = self.scalar(item, scope)
            # An array spliced in here may hold references, which are read as if they were written here.
            spliced = made.items if isinstance(made, SequenceNode) else (made,)
            return [node for each in spliced for node in self.included(each, kind, scope)]
        if isinstance(item, MappingNode) and len(item.entries) == 1 and kind != "trigger":
            key, value = item.entries[0]
            if key.broken:
                return []
            try:
                found = self.directive(key, in_sequence=True)
                if found is not None and found.keyword != "insert":
                    self.allowed_in(kind, key)
                    return self.directed_items(found, key, value, kind, scope, chain)
            except _Refused:
                return []
        child = INCLUDABLE.get(
            kind, "trigger" if kind == "trigger" else CHILDREN.get(kind, {}).get("-", "plain")
        )
        made = self.node(item, child, scope)
        if isinstance(made, MappingNode) and not made.entries and self.lost_its_only_key(item):
            return []
        return self.included(made, kind, scope)

    def lost_its_only_key(self, item: Node) -> bool:
        """True for a one-key item whose key is an expression that failed: the item has nothing left to be."""
        if not isinstance(item, MappingNode) or len(item.entries) != 1:
            return False
        key = item.entries[0][0]
        lost = "${{" in key.text
        if lost:
            self.errors.add(f"Unexpected value '{key.text}'", key.where)
        return lost

    def included(self, item: Node, kind: str, scope: Scope) -> list[Node]:
        entries = item.entries if kind in INCLUDABLE and isinstance(item, MappingNode) else ()
        if entries and entries[0][0].text == "template" and isinstance(item, MappingNode):
            return self.include(kind, item, scope)
        return [item]

    def directed_items(
        self, found: Directive, key: ScalarNode, value: Node, kind: str, scope: Scope, chain: Chain
    ) -> list[Node]:
        if found.keyword == "each":
            chain.broken()
            if isinstance(value, MappingNode):
                return self.merged_item(self.loops(found, key, scope), value, kind)
            return [
                node
                for inner in self.loops(found, key, scope)
                for node in self.body_items(value, kind, inner)
            ]
        if not chain.allows(found.keyword):
            self.errors.add(
                f"The expression directive '{found.keyword}' is not supported in this context", key.where
            )
            self.errors.add(f"Unexpected value '{key.text}'", key.where)
            return []
        return self.body_items(value, kind, scope) if self.chosen(found, key, scope, chain) else []

    def merged_item(self, turns: Iterator[Scope], value: MappingNode, kind: str) -> list[Node]:
        """The one item that a loop with a mapping for its body makes: every turn adds its entries to it.

        Source: Learn "Templates", where a step is written anew from its pairs.
        """
        child = INCLUDABLE.get(kind, CHILDREN.get(kind, {}).get("-", "plain"))
        made, where = list[Entry](), value.where
        for inner in turns:
            where = inner.at or where
            made.extend(self.body_entries(value, child, inner))
        return self.included(MappingNode(tuple(self.unique(made)), where), kind, inner) if made else []

    def body_items(self, value: Node, kind: str, scope: Scope) -> list[Node]:
        """A sequence body is spliced; a mapping body is one item; an empty body is nothing."""
        if isinstance(value, SequenceNode):
            return self.items(value, kind, scope)
        if isinstance(value, ScalarNode) and not value.text:
            return []
        return self.item(value, kind, scope, Chain())

    # --- directives ------------------------------------------------------------------------------------------------

    def chosen(self, found: Directive, key: ScalarNode, scope: Scope, chain: Chain) -> bool:
        """Whether this member of an if-chain wins; members after the winner are not evaluated."""
        if found.keyword == "if":
            chain.begin()
        if chain.taken:
            chain.after(found.keyword, won=False)
            return False
        won = found.keyword == "else" or truth(self.value(found.argument, key.where, scope))
        chain.after(found.keyword, won=won)
        return won

    def loops(self, found: Directive, key: ScalarNode, scope: Scope) -> Iterator[Scope]:
        """One scope for each turn of an `each`."""
        name = found.variable.lower()
        if name in scope.contexts:
            message = f"The idenfifier '{found.variable}' has already been defined within the current scope"
            self.errors.add(message, key.where)
            raise _Refused
        collection = self.value(found.argument, key.where, scope)
        try:
            turns = each_pairs(collection)
        except EvaluationFailure as failure:
            self.errors.add(str(failure), key.where)
            raise _Refused from failure
        for turn in turns:
            self.budget.turn(key.where)
            yield replace(scope, loop={**scope.loop, name: turn}, at=key.where)


class _Refused(Exception):
    """The error is in the list; give up this place only."""
