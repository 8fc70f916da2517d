"""The Conditions and Rules sections: which resources exist, and whether the parameters may be so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.intrinsics import Scope, resolve, text
from simulator.kernel.errors import NotSimulated


def evaluate(conditions: Mapping[str, Any], scope: Scope) -> dict[str, bool]:
    """Every condition of the section by name; raises ValidationError for circles and unknown names."""
    done: dict[str, bool] = {}

    def of(name: str, above: tuple[str, ...]) -> bool:
        if name not in conditions:
            raise invalid(
                f"Template format error: Unresolved condition dependency {name} in the Conditions block of the template"
            )
        if name in above:
            raise invalid(
                f"Template error: Found circular condition dependency between {' and '.join(above)}"
            )
        if name not in done:
            done[name] = _truth(conditions[name], scope, (*above, name))
        return done[name]

    def _truth(node: Any, scope: Scope, above: tuple[str, ...]) -> bool:
        if not isinstance(node, Mapping) or len(node) != 1:
            raise invalid(
                "Template format error: Every Conditions member must be a condition function such as Fn::Equals"
            )
        name, argument = next(iter(node.items()))
        if name == "Condition":
            return of(str(argument), above)
        if name in ("Fn::And", "Fn::Or"):
            if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
                raise invalid(
                    f"Template error: every {name} object requires a list of at least 2 "
                    "and at most 10 boolean parameters."
                )
            parts = [_truth(part, scope, above) for part in argument]
            return all(parts) if name == "Fn::And" else any(parts)
        if name == "Fn::Not":
            if not isinstance(argument, list) or len(argument) != 1:
                raise invalid("Template error: every Fn::Not object requires one boolean parameter.")
            return not _truth(argument[0], scope, above)
        return _comparison(name, argument, scope)

    for name in conditions:
        of(name, ())
    return done


def _comparison(name: str, argument: Any, scope: Scope) -> bool:
    if name not in ("Fn::Equals", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn"):
        raise NotSimulated(f"CloudFormation condition function {name}", "The functions are in conditions.py.")
    if not isinstance(argument, list) or len(argument) != 2:
        raise invalid(f"Template error: every {name} object requires a list of 2 string parameters.")
    left, right = resolve(argument[0], scope), resolve(argument[1], scope)
    if name == "Fn::Equals":
        return bool(_comparable(left) == _comparable(right))
    if not isinstance(left, list):
        raise invalid(f"Template error: every {name} object requires a list as its first parameter.")
    members = [text(member) for member in left]
    if name == "Fn::Contains":
        return text(right) in members
    if name == "Fn::EachMemberEquals":
        return all(member == text(right) for member in members)
    return all(member in [text(each) for each in right] for member in members)


def _comparable(value: Any) -> Any:
    return value if isinstance(value, list | dict) else text(value)


def check_rules(rules: Mapping[str, Any], scope: Scope) -> None:
    """Assert the Rules section; raises ValidationError with the description of the first assertion that fails."""
    for name, rule in rules.items():
        if "RuleCondition" in rule and not evaluate({name: rule["RuleCondition"]}, scope)[name]:
            continue
        for assertion in rule.get("Assertions", ()):
            if not evaluate({name: assertion["Assert"]}, scope)[name]:
                said = assertion.get("AssertDescription", f"Rule {name} evaluated to false")
                raise invalid(f"Template constraint error: {said}")
