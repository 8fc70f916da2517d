"""What a caller may do beyond the scope of the token: the permissions that branch policies know.

As in a new project of the real service, nobody may bypass policies until somebody allows it.
"""

from __future__ import annotations

from simulator.azure_devops.identify import Caller
from simulator.azure_devops.organization import Organization, Row


def bypasses_policies(organization: Organization, who: Caller, repository: Row, ref: str) -> bool:
    """Whether the caller has "Bypass policies when completing pull requests" on the branch."""
    return False
