"""What the two tasks that change a stack say of it, each in its own words.

Source: the messages of CloudFormationCreateOrUpdateStack and CloudFormationExecuteChangeSet in
aws/aws-toolkit-azure-devops.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """Texts with places for the stack's name and an error, or for a variable's name."""

    created: str
    updated: str
    not_created: str
    not_updated: str
    variable: str
    output: str


STACK = Words(
    created="Stack {} transitioned to create complete status",
    updated="Stack {} transitioned to update complete status",
    not_created="Stack {} failed to reach completion status, error: '{}'",
    not_updated="Stack {} failed to reach update completion status, error: '{}'",
    variable="Setting stack ID into task output variable {}",
    output="Creating stack variable {} to hold corresponding stack output value",
)
CHANGE_SET = Words(
    created="Execution of change set to create stack {} completed successfully",
    updated="Execution of change set to update stack {} completed successfully",
    not_created="Failed to create stack {}, error message: {}",
    not_updated="Failed to update stack {}, error message: {}",
    variable="Setting stack ID into output variable {}",
    output="Creating stack variable {} to hold corresponding stack output value.",
)
