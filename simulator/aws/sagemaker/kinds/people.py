"""Kinds of human review: workforces, teams, task interfaces, flow definitions."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import ABSENT, IN_USE, NOT_FOUND, Kind

WORKFORCE = Kind(
    "Workforce",
    "workforce",
    begins="Initializing",
    status_named="Status",
    missing=ABSENT,
    noun="workforce",
)
WORKTEAM = Kind(
    "Workteam", "workteam", missing=ABSENT, noun="work team",
    refers=(("WorkforceName", "Workforce"),),
)  # fmt: skip
HUMAN_TASK_UI = Kind("HumanTaskUi", "human-task-ui", begins="Active", missing=NOT_FOUND, taken=IN_USE)
FLOW_DEFINITION = Kind(
    "FlowDefinition", "flow-definition", begins="Initializing", missing=NOT_FOUND, taken=IN_USE
)
