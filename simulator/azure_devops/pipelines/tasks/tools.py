"""NodeTool@0 and UseNode@1: the node on PATH, and no other."""

from __future__ import annotations

from simulator.azure_devops.pipelines.tasks.call import TaskEffect
from simulator.azure_devops.pipelines.tasks.files import program

EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("NodeTool", 0): program("use_node.py"),
    ("UseNode", 1): program("use_node.py"),
}
