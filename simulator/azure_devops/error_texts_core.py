"""The error texts of projects, teams, identities and security.

A TF number is part of the service's text; texts without one are ours where nobody has published the service's.
"""

from __future__ import annotations

from simulator.azure_devops.error_text import Text

_CORE = "Microsoft.TeamFoundation.Core.WebApi"
_GRAPH = "Microsoft.VisualStudio.Services.Graph"
_IDENTITY = "Microsoft.VisualStudio.Services.Identity"
_SECURITY = "Microsoft.VisualStudio.Services.Security"
_OPERATIONS = "Microsoft.VisualStudio.Services.Operations"

_BUILD = "Microsoft.TeamFoundation.Build.WebApi"
_TASK = "Microsoft.TeamFoundation.DistributedTask.WebApi"

# What stands before a dot is no part of the typeKey: two areas have an exception of one name.
TEXTS: dict[str, Text] = {
    # Recorded in terraform-provider-azuredevops#1040, MicrosoftDocs/azure-devops-docs#9014, huserben/TfsExtensions#145.
    "Build.AccessDeniedException": Text(
        403,
        _BUILD,
        "TF215106: Access denied. {user} needs {permission} permissions for {about} to perform the action. For more"
        " information, contact the Azure DevOps administrator.",
        "Microsoft.TeamFoundation.Build2.WebApi",
    ),
    "DistributedTask.AccessDeniedException": Text(
        403,
        _TASK,
        "Access denied. {user} needs {permission} permissions{place} to perform the action. For more information,"
        " contact the Azure DevOps Server administrator.",
    ),
    # The words of the answer that a status badge gives to nobody in particular.
    "UnauthorizedAccessException": Text(
        403,
        "System",
        "TF50309: The following account does not have sufficient permissions to complete the operation: {user}. The"
        " following permissions are needed to perform this operation: {permission}.",
        "mscorlib",
    ),
    # MicrosoftDocs/azure-devops-docs#6809.
    "AccessCheckException": Text(
        403,
        _SECURITY,
        "Access Denied: {user} needs the following permission(s) on the resource {token} to perform this action:"
        " {permissions}",
    ),
    "ProjectAlreadyExistsException": Text(
        400,
        _CORE,
        "TF200019: The following project already exists on the Azure DevOps Server: {name}. You cannot create a new"
        " project with the same name as an existing project. Provide a different name.",
    ),
    "InvalidProjectNameException": Text(
        400,
        _CORE,
        "TF200012: The following project name is not valid: {name}. Verify that the name does not exceed the maximum"
        " character limit, only contains valid characters, and is not a reserved name.",
    ),
    "ProjectDoesNotExistException": Text(
        404, _CORE, "TF200016: The following project does not exist: {name}."
    ),
    "ProcessNotFoundByTypeIdException": Text(
        404, _CORE, "VS402362: Process with type id {id} does not exist."
    ),
    "ProjectCollectionNotFoundException": Text(404, _CORE, "The project collection {id} does not exist."),
    "TeamNotFoundException": Text(404, _CORE, "The team with id '{name}' does not exist."),
    "TeamAlreadyExistsException": Text(400, _CORE, "The team with name '{name}' already exists."),
    "InvalidTeamNameException": Text(400, _CORE, "The team name '{name}' is not valid."),
    "TeamIsDefaultException": Text(
        403, _CORE, "The team '{name}' is the default team of the project and cannot be deleted."
    ),
    "OperationNotFoundException": Text(404, _OPERATIONS, "The operation {id} was not found."),
    "GraphSubjectNotFoundException": Text(
        404, _GRAPH, "VS860016: Could not find graph subject with descriptor '{id}'."
    ),
    "StorageKeyNotFoundException": Text(
        404, _GRAPH, "VS860014: Could not find a storage key for the descriptor '{id}'."
    ),
    "GraphMembershipNotFoundException": Text(
        404, _GRAPH, "VS860008: '{subject}' is not a member of '{container}'."
    ),
    "GraphGroupExistsException": Text(409, _GRAPH, "TF50205: The group {name} already exists."),
    # Texts ours.
    "GroupIsWellKnownException": Text(
        400, _IDENTITY, "The group {name} is always there: it cannot be changed or deleted."
    ),
    "AddMemberCyclicMembershipException": Text(
        400, _IDENTITY, "{member} cannot be added to {group}: a group cannot be a member of itself."
    ),
    "IdentityNotFoundException": Text(
        404, _IDENTITY, "TF14045: The identity with type '' and identifier '{id}' could not be found."
    ),
    "InvalidSecurityNamespaceException": Text(
        404, _SECURITY, "TF14045: The security namespace {id} does not exist."
    ),
}
