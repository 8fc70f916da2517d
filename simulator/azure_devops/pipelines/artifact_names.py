"""Names of pipeline artifacts: what is allowed, and the default.

Source: agent `PipelineArtifactTaskPluginBase` (characters, default name), `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

import re

_FORBIDDEN = '"/:<>\\|?@*'


def artifact_name_error(name: str) -> str:
    """Why `name` cannot name an artifact, "" where it can."""
    bad = [character for character in name if character in _FORBIDDEN or ord(character) < 32]
    if not name.strip():
        return "Artifact name is missing"
    if bad or name.strip(".") == "":
        return f"Artifact name is not valid: {name}. It cannot contain {', '.join(_FORBIDDEN)} or control characters"
    return ""


def default_artifact_name(job_identifier: str) -> str:
    """The name of an artifact published without one: the job's identifier, other characters dropped.

    An example: `Build.Job.__default` gives `Build.Job.__default`, `My stage.Job` gives `Mystage.Job`.
    """
    return re.sub(r"[^\w.\-]", "", job_identifier)
