"""The error texts of git, pull requests and branch policies.

Statuses and names are the server's own table of exceptions; a TF number is part of the service's text. Texts without
one are ours where nobody has published the service's.
"""

from __future__ import annotations

from simulator.azure_devops.error_text import Text

_GIT = "Microsoft.TeamFoundation.Git.Server"
_POLICY = "Microsoft.TeamFoundation.Policy.WebApi"

TEXTS: dict[str, Text] = {
    "GitRepositoryNotFoundException": Text(
        404,
        _GIT,
        "TF401019: The Git repository with name or identifier {name} does not exist or you do not have permissions for"
        " the operation you are attempting.",
    ),
    "InvalidGitRepositoryNameException": Text(
        400, _GIT, "The name {name} is not valid for a Git repository."
    ),
    "GitRepositoryNameAlreadyExistsException": Text(
        409, _GIT, "TF400948: A Git repository with the name {name} already exists."
    ),
    "GitNeedsPermissionException": Text(
        403,
        _GIT,
        "TF401027: You need the Git '{permission}' permission to perform this action. Details: identity '{user}',"
        " scope '{scope}'.",
    ),
    "GitUnresolvableToCommitException": Text(
        404,
        _GIT,
        "TF401175: The version descriptor <{kind}: {version}> could not be resolved to a version in the repository"
        " {repository}",
    ),
    "GitItemNotFoundException": Text(
        404,
        _GIT,
        "TF401174: The item '{path}' could not be found in the repository '{repository}' at the version specified by"
        " '<{kind}: {version}>' (resolved to commit '{commit}')",
    ),
    "GitCommitDoesNotExistException": Text(
        404, _GIT, "The commit '{commit}' does not exist or you do not have permissions for the operation."
    ),
    "GitReferenceStaleException": Text(
        409,
        _GIT,
        "TF401028: The reference '{name}' has already been updated by another client, so you cannot update it. Please"
        " try again.",
    ),
    "GitObjectDoesNotExistException": Text(404, _GIT, "TF401035: The object '{object}' does not exist."),
    "GitPullRequestNotFoundException": Text(
        404,
        _GIT,
        "TF401180: The requested pull request was not found.",
    ),
    "GitPullRequestExistsException": Text(
        409,
        _GIT,
        "TF401179: An active pull request for the source and target branch already exists.",
    ),
    "GitPullRequestNotEditableException": Text(
        400, _GIT, "TF401181: The pull request cannot be edited due to its state."
    ),
    "GitPullRequestStaleException": Text(
        409, _GIT, "TF401192: The source branch has been modified since the last merge attempt."
    ),
    "GitPullRequestUpdateRejectedByPolicyException": Text(403, _GIT, "{message}"),
    "GitPullRequestDraftCannotVoteException": Text(
        400, _GIT, "Votes are not possible on a draft pull request."
    ),
    "GitPullRequestReviewerPermission": Text(
        400, _GIT, "You cannot record a vote for someone else. Only {reviewer} can vote as this reviewer."
    ),
    "GitPullRequestInvalidReviewer": Text(400, _GIT, "The reviewer {id} is not valid."),
    "GitIdentityNotFoundException": Text(404, _GIT, "The identity with the id {id} could not be found."),
    "GitPullRequestIterationNotFoundException": Text(
        404, _GIT, "The iteration {id} of the pull request could not be found."
    ),
    "GitPullRequestStatusNotFoundException": Text(
        404, _GIT, "The pull request status {id} could not be found."
    ),
    "GitPullRequestStatusRejectedByPolicyException": Text(
        403,
        _GIT,
        "Pull request status rejected by status policy. Policy configuration requires status to be posted on iteration",
    ),
    "GitPullRequestCommentThreadNotFoundException": Text(
        404, _GIT, "The comment thread {id} could not be found."
    ),
    "GitPullRequestCommentNotFoundException": Text(404, _GIT, "The comment {id} could not be found."),
    "GitPullRequestCommentCannotBeUpdatedException": Text(
        403, _GIT, "A comment can be changed by its author only."
    ),
    "GitPullRequestLabelNotFoundException": Text(404, _GIT, "The label {id} could not be found."),
    "GitPullRequestAttachmentNotFoundException": Text(404, _GIT, "The attachment {id} could not be found."),
    "GitRefUpdateRejectedByPolicyException": Text(
        403,
        _GIT,
        "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.",
    ),
    "GitRefLockedException": Text(
        403, _GIT, "The reference '{name}' is locked by {user}; only they can update it."
    ),
    "GitRefUnlockDeniedException": Text(403, _GIT, "The reference '{name}' was locked by {user}."),
    "GitFailedToCreateTagException": Text(409, _GIT, "The tag {name} already exists."),
    "GitAsyncRefOperationInvalidOntoOrGeneratedRefs": Text(
        409,
        _GIT,
        "The ref {onto} must exist and the ref {generated} must be a branch that does not exist yet.",
    ),
    "GitDuplicateRefFavoriteException": Text(409, _GIT, "The favorite {name} already exists."),
    "GitPushNotFoundException": Text(404, _GIT, "The push {id} could not be found."),
    "GitRefNotFoundException": Text(404, _GIT, "The reference '{name}' could not be found."),
    "InvalidGitRefNameException": Text(
        400, _GIT, "The ref name '{name}' is not valid. Branch names must conform to git ref naming rules."
    ),
    "GitArgumentException": Text(400, _GIT, "{message}"),
    "GitImportForbiddenOnNonEmptyRepository": Text(
        409, _GIT, "Import is not possible: the repository {name} is not empty."
    ),
    "GitAsyncRefOperationNotFoundException": Text(404, _GIT, "The operation {id} could not be found."),
    "GitAsyncOperationNotFoundException": Text(404, _GIT, "The operation {id} could not be found."),
    "GitRefFavoriteNotFoundException": Text(404, _GIT, "The favorite {id} could not be found."),
    "GitRepositoryDisabledException": Text(403, _GIT, "The repository {name} is disabled."),
    "GitClientsMustSupportMultiAck": Text(
        400,
        _GIT,
        "TF401041: The Git protocol sent is not as expected (Clients must support multi-ack.)",
    ),
    "PolicyTypeNotFoundException": Text(404, _POLICY, "The policy type {id} could not be found."),
    "PolicyConfigurationNotFoundException": Text(
        404, _POLICY, "The policy configuration {id} could not be found."
    ),
    "PolicyEvaluationNotFoundException": Text(
        404, _POLICY, "The policy evaluation record {id} could not be found."
    ),
}
