"""Which resource waits for which: references, DependsOn and circles."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.intrinsics import prune, references
from simulator.aws.cloudformation.template import Template

Graph = dict[str, tuple[str, ...]]


def present(template: Template, conditions: Mapping[str, bool]) -> list[str]:
    """The logical ids whose condition holds, in the template's order."""
    return [name for name, resource in template.resources.items() if conditions.get(resource.condition, True)]


def check_names(template: Template) -> None:
    """Every name that is referred to exists; raises ValidationError listing those that do not, as AWS does."""
    known = set(template.parameters) | set(template.resources)
    for resource in template.resources.values():
        _check_block(resource.properties, known, template, "Resources")
        _check_depends(resource.depends_on, template)
        if resource.condition and resource.condition not in template.conditions:
            raise invalid(
                f"Template format error: Unresolved condition dependency {resource.condition} "
                "in the Resources block of the template"
            )
    for output in template.outputs.values():
        _check_block(output, known, template, "Outputs")


def _check_block(node: object, known: set[str], template: Template, block: str) -> None:
    missing: list[str] = []
    for name, attribute in references(node):
        if attribute and name not in template.resources:
            raise invalid(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        if name not in known and not name.startswith("AWS::") and name not in missing:
            missing.append(name)
    if missing:
        raise invalid(
            f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
            f"in the {block} block of the template"
        )


def _check_depends(names: tuple[str, ...], template: Template) -> None:
    missing = [name for name in names if name not in template.resources]
    if missing:
        raise invalid(
            f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
            "in the Resources block of the template"
        )


def dependencies(template: Template, conditions: Mapping[str, bool]) -> Graph:
    """For each resource that exists, what it waits for, sorted; raises ValidationError for a circle."""
    here = present(template, conditions)
    graph: Graph = {}
    for name in here:
        resource = template.resources[name]
        named = {target for target, _ in references(prune(dict(resource.properties), conditions))}
        graph[name] = tuple(sorted((named | set(resource.depends_on)) & set(here)))
    order(graph)
    return graph


def order(graph: Graph) -> list[str]:
    """Names so that each stands after what it waits for; raises ValidationError naming those in a circle."""
    done: list[str] = []
    waiting = dict(graph)
    while waiting:
        free = [name for name, needs in waiting.items() if not any(need in waiting for need in needs)]
        if not free:
            raise invalid(f"Circular dependency between resources: [{', '.join(_circle(waiting))}]")
        done += free
        for name in free:
            del waiting[name]
    return done


def _circle(waiting: Graph) -> list[str]:
    """Those of `waiting` that are in a circle or between circles: what nothing else waits for falls away."""
    left = dict(waiting)
    while loose := [name for name in left if not any(name in needs for needs in left.values())]:
        for name in loose:
            del left[name]
    return sorted(left)


def dependents(graph: Graph) -> Graph:
    """The graph turned round: for each name, who waits for it."""
    return {name: tuple(sorted(other for other, needs in graph.items() if name in needs)) for name in graph}
