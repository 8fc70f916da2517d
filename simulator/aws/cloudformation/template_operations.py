"""GetTemplate, GetTemplateSummary and ValidateTemplate: what a template says about itself."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudformation import graph, parameters, requests, schemas
from simulator.aws.cloudformation.errors import change_set_missing, invalid
from simulator.aws.cloudformation.evaluation import needed_capabilities
from simulator.aws.cloudformation.intrinsics import text
from simulator.aws.cloudformation.records import CHANGE_SET
from simulator.aws.cloudformation.template import Template, parse


@behaviour("cloudformation", "GetTemplate")
async def get_template(call: Call) -> Answer:
    """The template of a stack or of a change set, as it was given."""
    stack = requests.the_stack(call, call.params.get("StackName", ""))
    body = stack.definition.template
    name = call.params.get("ChangeSetName")
    if name:
        rows = [row for _, row in call.kernel.store.scan(CHANGE_SET, f"{stack.key}/")]
        found = next((row for row in rows if name in (row["name"], row["id"])), None)
        if found is None:
            raise change_set_missing(name)
        body = found["definition"]["template"]
    return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}


async def _given(call: Call) -> Template:
    name = call.params.get("StackName")
    if name:
        return parse(requests.the_stack(call, name).definition.template)
    return parse(await requests.template_text(call))


@behaviour("cloudformation", "ValidateTemplate")
async def validate_template(call: Call) -> Answer:
    """Parameters and capabilities of a template that is well formed."""
    template = await _given(call)
    graph.check_names(template)
    unknown = sorted({r.type for r in template.resources.values() if not schemas.exists(call.region, r.type)})
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    declared = parameters.declarations(template)
    answer: dict[str, Any] = {"Parameters": [_parameter(each) for each in declared.values()]}
    if template.description:
        answer["Description"] = template.description
    return answer | _capabilities(template)


def _parameter(declaration: parameters.Declaration) -> dict[str, Any]:
    member: dict[str, Any] = {"ParameterKey": declaration.name, "NoEcho": declaration.no_echo}
    if declaration.default is not None:
        member["DefaultValue"] = declaration.default
    if declaration.body.get("Description"):
        member["Description"] = str(declaration.body["Description"])
    return member


def _capabilities(template: Template) -> dict[str, Any]:
    needed, reason = needed_capabilities(template)
    return {"Capabilities": list(needed), "CapabilitiesReason": reason} if needed else {}


@behaviour("cloudformation", "GetTemplateSummary")
async def get_template_summary(call: Call) -> Answer:
    """Parameters, types and capabilities of a template or of a stack's."""
    template = await _given(call)
    declared = parameters.declarations(template)
    answer: dict[str, Any] = {
        "Parameters": [_parameter_declaration(each) for each in declared.values()],
        "ResourceTypes": list(dict.fromkeys(r.type for r in template.resources.values())),
        "Version": "2010-09-09",
    }
    if template.description:
        answer["Description"] = template.description
    if template.metadata:
        answer["Metadata"] = json.dumps(template.metadata)
    return answer | _capabilities(template)


def _parameter_declaration(declaration: parameters.Declaration) -> dict[str, Any]:
    member = _parameter(declaration) | {"ParameterType": declaration.type, "ParameterConstraints": {}}
    if declaration.body.get("AllowedValues"):
        values = [text(value) for value in declaration.body["AllowedValues"]]
        member["ParameterConstraints"] = {"AllowedValues": values}
    return member
