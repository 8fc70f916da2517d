"""Where in a pipeline's tree what may stand: which lists take templates, and what each key holds.

Source: the YAML schema, `shared/reference/azure-devops.md` 4.1.
"""

from __future__ import annotations

from collections.abc import Mapping

# A list that may hold `- template:`, and what its other items are.
INCLUDABLE: Mapping[str, str] = {
    "stages": "stage",
    "jobs": "job",
    "phases": "job",
    "steps": "step",
    "variables": "variable",
}

# Root keys an included template may hold besides `parameters` and its own list.
TEMPLATE_KEYS: tuple[str, ...] = ()

_HOOKS = dict.fromkeys(("preDeploy", "deploy", "routeTraffic", "postRouteTraffic"), "hook")

# kind -> key -> kind of what stands under the key ("*": any key, "-": the items of a list).
CHILDREN: Mapping[str, Mapping[str, str]] = {
    "root": {
        "stages": "stages",
        "jobs": "jobs",
        "phases": "phases",
        "steps": "steps",
        "variables": "variables",
        "strategy": "strategy",
        "trigger": "trigger",
        "pr": "trigger",
        "resources": "resources",
    },
    "resources": {"repositories": "repositories"},
    "repositories": {"-": "repositories", "*": "repositories"},
    "trigger": {"*": "trigger"},
    "stage": {"jobs": "jobs", "variables": "variables"},
    "job": {"steps": "steps", "variables": "variables", "strategy": "strategy"},
    "strategy": {"runOnce": "hooks", "rolling": "hooks", "canary": "hooks"},
    "hooks": {**_HOOKS, "on": "outcomes"},
    "outcomes": {"success": "hook", "failure": "hook"},
    "hook": {"steps": "steps"},
}
