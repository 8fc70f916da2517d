"""Every error text that an Azure DevOps client can see, in the service's own shape (VssServiceException)."""

from __future__ import annotations

from simulator.azure_devops.error_text import Text
from simulator.azure_devops.error_texts_core import TEXTS as _CORE_TEXTS
from simulator.azure_devops.error_texts_git import TEXTS as _GIT_TEXTS
from simulator.kernel.errors import CallerError, NotSimulated

_CORE = "Microsoft.TeamFoundation.Core.WebApi"
_BUILD = "Microsoft.TeamFoundation.Build.WebApi"
_PIPELINES = "Microsoft.Azure.Pipelines.WebApi"
_TASK = "Microsoft.TeamFoundation.DistributedTask.WebApi"
_WEB = "Microsoft.VisualStudio.Services.WebApi"
_ENDPOINT = "Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi"
_HOOKS = "Microsoft.VisualStudio.Services.ServiceHooks.WebApi"
_TOKENS = "Microsoft.VisualStudio.Services.DelegatedAuthorization"
_CONTAINER = "Microsoft.VisualStudio.Services.FileContainer"
_CHECKS = "Microsoft.Azure.Pipelines.Checks.WebApi"

# Texts: recorded traffic in Azure/azure-devops-cli-extension (MIT), vsts-rest-api-specs, Microsoft Learn; see
# reference/azure-devops.md sections 2.1.3, 2.3, 4.2 and 8.3. A TF number is part of the service's text.
CATALOGUE: dict[str, Text] = {
    **_CORE_TEXTS,
    **_GIT_TEXTS,
    "ProjectDoesNotExistWithNameException": Text(
        404,
        _CORE,
        "TF200016: The following project does not exist: {name}. Verify that the name of the project is correct and"
        " that the project exists on the specified Azure DevOps Server.",
    ),
    "UnauthorizedRequestException": Text(
        401, _WEB, "TF400813: The user '{user}' is not authorized to access this resource."
    ),
    "AccessDeniedException": Text(
        403, _WEB, "Access denied. {user} needs {permission} permissions to perform the action."
    ),
    "VssVersionNotSpecifiedException": Text(
        400,
        _WEB,
        'No api-version was supplied for the "{method}" request. The version must be supplied either as part of the'
        ' Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
    ),
    "VssVersionOutOfRangeException": Text(
        400,
        _WEB,
        "The requested REST API version of {version} is out of range for this server. The latest REST API version this"
        " server supports is {maximum}.",
    ),
    # Text ours: no recording shows what is older than a resource.
    "VssVersionTooLowException": Text(
        400,
        _WEB,
        "The requested REST API version of {version} is out of range for this server. The oldest REST API version this"
        " resource supports is {minimum}.",
    ),
    "TokenNotFoundException": Text(
        404, _TOKENS, "The personal access token {id} does not exist, or it has been revoked."
    ),
    "VssInvalidPreviewVersionException": Text(
        400,
        _WEB,
        'The requested version "{version}" of the resource is under preview. The -preview flag must be supplied in the'
        ' api-version for such requests. For example: "{version}-preview"',
    ),
    "VssInvalidApiVersionStringException": Text(
        400,
        _WEB,
        "The api-version string could not be parsed: {version}. Expected something like 7.1 or 7.1-preview.1.",
    ),
    "VssMethodNotAllowedException": Text(
        405, _WEB, "The requested resource does not support http method '{method}'."
    ),
    "InternalErrorException": Text(
        500, "Simulator", "The simulator failed (a defect of its own, in its log): {error}"
    ),
    "InvalidArgumentValueException": Text(400, _WEB, "{message}"),
    "VssPropertyValidationException": Text(400, _WEB, "Value cannot be null.\r\nParameter name: {parameter}"),
    "JsonReaderException": Text(400, "Newtonsoft.Json", "{message}"),
    "JsonSerializationException": Text(
        400, "Newtonsoft.Json", "Error converting value {value} to type '{kind}'. Path '{path}'."
    ),
    "PipelineNotFoundException": Text(404, _PIPELINES, "Pipeline {id} not found."),
    "PipelineValidationException": Text(400, _PIPELINES, "{message}"),
    "PipelineExistsException": Text(409, _PIPELINES, "A pipeline named {name} already exists in folder \\."),
    "RunNotFoundException": Text(404, _PIPELINES, "Run {id} of pipeline {pipeline} not found."),
    "DefinitionExistsException": Text(
        409, _BUILD, "The build definition name is already in use: {name}. Specify a different name."
    ),
    "DefinitionRevisionException": Text(
        409, _BUILD, "The definition {id} was changed since the revision that the request names."
    ),
    "DefinitionDisabledException": Text(
        400, _BUILD, "The definition {name} is disabled: no build can be queued."
    ),
    "CannotDeleteRetainedDefinitionException": Text(
        400, _BUILD, "The definition {id} cannot be deleted: a retention lease protects it."
    ),
    "CannotDeleteRetainedBuildException": Text(
        400, _BUILD, "The build {id} cannot be deleted: a retention lease retains it."
    ),
    "BuildStatusInvalidChangeException": Text(
        400, _BUILD, "The build {id} has not completed and cannot be deleted."
    ),
    "RetentionLeaseNotFoundException": Text(404, _BUILD, "The retention lease {id} could not be found."),
    "AttachmentNotFoundException": Text(404, _BUILD, "The attachment {name} could not be found."),
    "FolderNotFoundException": Text(404, _BUILD, "The folder {path} does not exist."),
    "FolderExistsException": Text(409, _BUILD, "The folder {path} already exists."),
    "DefinitionNotFoundException": Text(404, _BUILD, "Definition {id} not found."),
    "BuildNotFoundException": Text(404, _BUILD, "The requested build {id} could not be found."),
    "BuildLogNotFoundException": Text(404, _BUILD, "The log {id} of build {build} could not be found."),
    "StageNotFoundException": Text(404, _BUILD, "The stage {name} of build {build} could not be found."),
    "StageNotInRetriableStateException": Text(
        400, _BUILD, "The stage {name} cannot be changed to {state}: it is {current}."
    ),
    "ArtifactExistsException": Text(409, _BUILD, "Artifact {name} already exists for build {build}."),
    "ContainerNotFoundException": Text(404, _CONTAINER, "The container {id} could not be found."),
    "ContainerItemNotFoundException": Text(
        404, _CONTAINER, "The item {path} in container {id} could not be found."
    ),
    "ContainerItemExistsException": Text(
        400,
        _CONTAINER,
        "The items could not be created because an item with type {type} already exists at {path}.",
    ),
    "ArtifactNotFoundException": Text(404, _BUILD, "Artifact {name} was not found for build {build}."),
    "TimelineNotFoundException": Text(404, _TASK, "Cannot find timeline with id {id}."),
    "TimelineRecordNotFoundException": Text(404, _TASK, "Cannot find timeline record with id {id}."),
    "TaskLogNotFoundException": Text(404, _TASK, "Cannot find log with id {id}."),
    "TaskOrchestrationPlanNotFoundException": Text(404, _TASK, "No plan found for identifier {id}."),
    "EnvironmentNotFoundException": Text(
        404,
        _TASK,
        "Environment with ID {id} does not exist or you are not authorized to access it.",
    ),
    "EnvironmentResourceNotFoundException": Text(
        404,
        _TASK,
        "Environment resource with ID {id} does not exist or you are not authorized to access it.",
    ),
    "EnvironmentExistsException": Text(409, _TASK, "Environment {name} already exists in current project."),
    "TaskAgentPoolNotFoundException": Text(404, _TASK, "Could not find agent pool with ID {id}."),
    "TaskAgentPoolExistsException": Text(409, _TASK, "Agent pool {name} already exists."),
    "TaskAgentQueueNotFoundException": Text(404, _TASK, "No agent queue found with identifier {id}."),
    "TaskAgentQueueExistsException": Text(409, _TASK, "Agent queue {name} already exists."),
    "TaskAgentNotFoundException": Text(404, _TASK, "Could not find agent {id} in pool {pool}."),
    "TaskAgentExistsException": Text(409, _TASK, "Pool {pool} already contains an agent with name {name}."),
    "TaskDefinitionNotFoundException": Text(
        404, _TASK, "Task definition {id} of version {version} does not exist."
    ),
    "SecureFileNotFoundException": Text(404, _TASK, "Secure file with ID {id} does not exist."),
    "SecureFileExistsException": Text(409, _TASK, "Secure file {name} already exists."),
    "SecureFileAccessDeniedException": Text(
        403, _TASK, "Access denied. Secure file {name} can be downloaded by a job of a pipeline only."
    ),
    "VariableGroupNotFoundException": Text(404, _TASK, "Variable group with ID {id} does not exist."),
    "VariableGroupExistsException": Text(409, _TASK, "Variable group already exists. Name: '{name}'."),
    "ServiceEndpointNotFoundException": Text(404, _ENDPOINT, "Service connection {id} does not exist."),
    "DuplicateServiceConnectionException": Text(
        409,
        _ENDPOINT,
        "Service connection with name {name} already exists. Only a user having Administrator/User"
        " role permissions on service connection {name} can see it.",
    ),
    "ApprovalNotFoundException": Text(404, _CHECKS, "Approval with ID {id} was not found."),
    "ApprovalUnauthorizedException": Text(
        403, _CHECKS, "User {user} is not authorized to update the approval with ID {id}."
    ),
    "ApprovalRequesterException": Text(
        403,
        _CHECKS,
        "The requester of the run, {user}, cannot approve it: approval {id} does not allow it.",
    ),
    "ApprovalAlreadyCompletedException": Text(
        400, _CHECKS, "Approval with ID {id} has already been completed with status {status}."
    ),
    "InvalidApprovalStatusException": Text(
        400, _CHECKS, "The approval status {status} is not valid. Expected approved or rejected."
    ),
    "CheckRunNotFoundException": Text(404, _CHECKS, "Check run with ID {id} does not exist."),
    "CheckSuiteNotFoundException": Text(404, _CHECKS, "Check suite with ID {id} does not exist."),
    "PipelineResourceNotFoundException": Text(
        404,
        _CHECKS,
        "The resource of type {kind} with identifier {id} does not exist or you do not have permission to it.",
    ),
    "PublisherNotFoundException": Text(404, _HOOKS, "The publisher {id} could not be found."),
    "EventTypeNotFoundException": Text(
        404, _HOOKS, "The event type {id} of the publisher {publisher} could not be found."
    ),
    "ConsumerNotFoundException": Text(404, _HOOKS, "The consumer {id} could not be found."),
    "ConsumerActionNotFoundException": Text(
        404, _HOOKS, "The action {id} of the consumer {consumer} could not be found."
    ),
    "SubscriptionNotFoundException": Text(404, _HOOKS, "The subscription {id} could not be found."),
    "NotificationNotFoundException": Text(404, _HOOKS, "The notification {id} could not be found."),
    "CheckConfigurationNotFoundException": Text(
        404, _CHECKS, "Check configuration with ID {id} does not exist."
    ),
    "WebHookNotFoundException": Text(
        500, _TASK, "The webhook {name} could not be found, or no pipeline on a default branch uses it."
    ),
    "WebHookSignatureException": Text(
        401, _TASK, "The signature of the payload does not fit the secret of the incoming webhook {name}."
    ),
    "TestResultNotFoundException": Text(
        404, "Microsoft.TeamFoundation.TestManagement.WebApi", "Test result {id} not found."
    ),
    "TestAttachmentNotFoundException": Text(
        404, "Microsoft.TeamFoundation.TestManagement.WebApi", "Attachment {id} not found."
    ),
    "TestObjectNotFoundException": Text(
        404, "Microsoft.TeamFoundation.TestManagement.WebApi", "Test run {id} not found."
    ),
}


def failure(code: str, **values: object) -> CallerError:
    """The catalogue's error of that code (the service's typeKey) with its places filled."""
    text = CATALOGUE[code]
    return CallerError(code, text.message.format(**values), text.status)


def invalid(message: str) -> CallerError:
    """A request that a member makes invalid: 400 with `message`."""
    return failure("InvalidArgumentValueException", message=message)


def envelope(error: CallerError) -> dict[str, object]:
    """The wire form of an error, key order included."""
    text = CATALOGUE.get(error.code)
    namespace = text.namespace if text else _WEB
    assembly = (text.assembly if text else "") or namespace
    key = error.code.rpartition(".")[2]
    return {
        "$id": "1",
        "innerException": None,
        "message": error.message,
        "typeName": f"{namespace}.{key}, {assembly}",
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3000,
    }


def not_simulated_envelope(refused: NotSimulated) -> dict[str, object]:
    """The same form for what the real service has and this one has not: status 501."""
    error = CallerError("NotSimulated", str(refused), 501)
    return {**envelope(error), "typeName": "Simulator.NotSimulated, Simulator"}


def no_controller(path: str) -> str:
    """The real service's plain text for a path that nothing serves (status 404)."""
    return f"The controller for path '{path}' was not found or does not implement IController."
