"""A definition evaluated in its stack's place: conditions, graph, and properties once what they refer to is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.aws.cloudformation import conditions, graph, parameters, schemas
from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.graph import Graph
from simulator.aws.cloudformation.handlers.table import is_custom, kind_of, known
from simulator.aws.cloudformation.intrinsics import Scope, prune, references, resolve, text
from simulator.aws.cloudformation.records import Definition, StackRecord
from simulator.aws.cloudformation.template import Template, parse
from simulator.kernel.errors import CallerError, NotSimulated

_IAM_NAMES = frozenset({"RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"})


@dataclass(frozen=True)
class Evaluation:
    """A template with its parameters in a stack's place; `scope` knows no resources yet."""

    template: Template
    region: str
    graph: Graph
    conditions: Mapping[str, bool]
    scope: Scope

    def properties(self, logical: str, scope: Scope) -> dict[str, Any]:
        """The resolved properties of a resource."""
        found: dict[str, Any] = resolve(dict(self.template.resources[logical].properties), scope)
        return found

    def written(self, logical: str) -> dict[str, Any]:
        """The properties as written, for the branches that the conditions take."""
        found: dict[str, Any] = prune(dict(self.template.resources[logical].properties), self.conditions)
        return found

    def schema(self, logical: str) -> schemas.ResourceSchema:
        """The registry's schema of a resource's type."""
        return schemas.load(self.region, self.template.resources[logical].type)

    def seeing(
        self,
        reference: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
        imported: Callable[[str], Any],
    ) -> Scope:
        """The scope with resources and exports."""
        return replace(self.scope, reference=reference, attribute=attribute, imported=imported)

    def outputs(self, scope: Scope) -> list[dict[str, str]]:
        """The outputs whose condition holds, as DescribeStacks gives them."""
        found = []
        for name, body in self.template.outputs.items():
            if not self.conditions.get(str(body.get("Condition", "")), True):
                continue
            value = resolve(body["Value"], scope)
            if isinstance(value, list | dict):
                raise invalid(
                    f"Template format error: Output {name} is malformed. The Value field of every Outputs "
                    "member must evaluate to a String."
                )
            entry = {"OutputKey": name, "OutputValue": text(value)}
            if body.get("Description"):
                entry["Description"] = str(body["Description"])
            if body.get("Export"):
                entry["ExportName"] = text(resolve(body["Export"]["Name"], scope))
            found.append(entry)
        return found


def evaluate(definition: Definition, stack: StackRecord) -> Evaluation:
    """Parse and evaluate; raises ValidationError or NotSimulated for whatever is wrong before anything is made."""
    template = parse(definition.template)
    graph.check_names(template)
    declared = parameters.declarations(template)
    values = {
        **parameters.referable(declared, definition.parameters, definition.stored),
        "AWS::AccountId": stack.account,
        "AWS::Region": stack.region,
        "AWS::StackName": stack.name,
        "AWS::StackId": stack.arn,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::NotificationARNs": [],
    }
    scope = Scope(values, template.mappings)
    early = replace(scope, reference=_no_resources, attribute=_no_resources)
    conditions.check_rules(template.rules, early)
    truths = conditions.evaluate(template.conditions, early)
    scope = replace(scope, conditions=truths)
    found = Evaluation(template, stack.region, graph.dependencies(template, truths), truths, scope)
    _check_types(found)
    for logical in found.graph:
        _check_references(found, found.written(logical), "Resources")
    for body in template.outputs.values():
        if truths.get(str(body.get("Condition", "")), True):
            _check_references(found, prune(body, truths), "Outputs")
    return found


def _no_resources(name: str, *_: str) -> Any:
    raise invalid(
        f"Template format error: Unresolved dependencies [{name}]. "
        "Cannot reference resources in the Conditions block of the template"
    )


def _check_types(evaluation: Evaluation) -> None:
    resources = {name: evaluation.template.resources[name] for name in evaluation.template.resources}
    types = sorted({resource.type for resource in resources.values()})
    unknown = [name for name in types if not schemas.exists(evaluation.region, name)]
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    here = sorted({resources[name].type for name in evaluation.graph})
    missing = [name for name in here if not known(name)]
    if missing:
        raise NotSimulated(
            f"CloudFormation resource type {', '.join(missing)}",
            "The types are rows of cloudformation/handlers.",
        )
    for name in evaluation.graph:
        if "Snapshot" in (resources[name].deletion_policy, resources[name].update_replace_policy):
            raise invalid(
                f"Template error: resource type {resources[name].type} does not support deletion policy Snapshot"
            )
        _check_supported(evaluation, name, resources[name].type)


def _check_supported(evaluation: Evaluation, logical: str, type_name: str) -> None:
    """A property that the registry has and no call of ours takes is refused before anything is made."""
    known = evaluation.schema(logical).document.get("properties", {})
    dropped = [name for name in kind_of(type_name).unsupported(evaluation.written(logical)) if name in known]
    if dropped:
        raise NotSimulated(
            f"CloudFormation property {type_name}.{', '.join(dropped)} (resource {logical})",
            "Add it to the type's row in cloudformation/handlers.",
        )


def _check_references(evaluation: Evaluation, node: Any, block: str) -> None:
    """What is referred to exists under these conditions, and has the attribute that is asked for."""
    for name, _ in references(node):
        if name in evaluation.template.resources and name not in evaluation.graph:
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{name}] "
                f"in the {block} block of the template"
            )
    for logical, attribute in references(node):
        resource = evaluation.template.resources.get(logical)
        if not attribute or resource is None or not known(resource.type) or is_custom(resource.type):
            continue
        if attribute in kind_of(resource.type).attributes:
            continue
        declared = [
            path.replace("/", ".") for path in schemas.load(evaluation.region, resource.type).read_only
        ]
        if attribute in declared:
            raise NotSimulated(
                f"CloudFormation attribute {resource.type}.{attribute}", "Add it to the type's row."
            )
        raise invalid(
            f"Template error: resource {logical} does not support attribute type {attribute} in Fn::GetAtt"
        )


def needed_capabilities(template: Template) -> tuple[tuple[str, ...], str]:
    """The capabilities that a template asks for, and AWS's reason: resources that change rights in IAM."""
    iam = [r for r in template.resources.values() if r.type.startswith("AWS::IAM::")]
    if not iam:
        return (), ""
    types = ", ".join(sorted({resource.type for resource in iam}))
    named = any(_IAM_NAMES & set(resource.properties) for resource in iam)
    reason = f"The following resource(s) require capabilities: [{types}]"
    return (("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",)), reason


def check_capabilities(template: Template, given: tuple[str, ...]) -> None:
    """Raises InsufficientCapabilitiesException; the named capability includes the other."""
    needed, _ = needed_capabilities(template)
    if not needed or "CAPABILITY_NAMED_IAM" in given or (set(needed) & set(given)):
        return
    raise CallerError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(needed)}]")
