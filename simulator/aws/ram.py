"""AWS Resource Access Manager, for the one kind of resource that is shared by it here: SageMaker's lineage groups.

Source: botocore's model; AWS RAM user guide, "Share your resources" and "Accept or reject a resource share
invitation". Every principal is an account, and each is invited: sharing inside the organization is not switched on.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker.lineage import sharing
from simulator.kernel.errors import CallerError, NotSimulated

_SHARE, _INVITATION = "ram.share", "ram.invitation"
_GROUP = ":lineage-group/"


def _arn(call: Call, kind: str, ident: str) -> str:
    return f"arn:aws:ram:{call.region}:{call.account}:{kind}/{ident}"


@behaviour("ram", "CreateResourceShare")
async def create_resource_share(call: Call) -> Answer:
    """A share, and an invitation to each account; other kinds of resources and principals are refused by name."""
    params, kernel, ident = call.params, call.kernel, call.kernel.ids.uuid()
    resources, principals = params.get("resourceArns", []), params.get("principals", [])
    for arn in resources:
        if _GROUP not in arn:
            raise NotSimulated(
                f"sharing {arn} by AWS RAM", "Only SageMaker's lineage groups are shared here."
            )
        if not sharing.scope_of(arn).startswith(f"{call.account}/"):
            raise CallerError("OperationNotPermittedException", f"You do not own the resource {arn}.", 403)
    for principal in principals:
        if not (len(principal) == 12 and principal.isdigit()):
            raise NotSimulated(f"the principal {principal} of a resource share", "Name accounts.")
    now, arn = kernel.clock.now(), _arn(call, "resource-share", ident)
    share = {
        "resourceShareArn": arn,
        "name": params["name"],
        "owningAccountId": call.account,
        "allowExternalPrincipals": params.get("allowExternalPrincipals", True),
        "status": "ACTIVE",
        "creationTime": now,
        "lastUpdatedTime": now,
        "featureSet": "STANDARD",
    }
    with kernel.store.transaction():
        kernel.store.put(_SHARE, call.key(ident), {**share, "_resources": resources})
        for account in principals:
            _invite(call, share, account, ident)
    return {"resourceShare": share}


def _invite(call: Call, share: dict[str, Any], account: str, ident: str) -> None:
    invitation = {
        "resourceShareInvitationArn": _arn(call, "resource-share-invitation", call.kernel.ids.uuid()),
        "resourceShareName": share["name"],
        "resourceShareArn": share["resourceShareArn"],
        "senderAccountId": call.account,
        "receiverAccountId": account,
        "invitationTimestamp": call.kernel.clock.now(),
        "status": "PENDING",
    }
    call.kernel.store.put(_INVITATION, f"{account}/{call.region}/{ident}", invitation)


@behaviour("ram", "GetResourceShareInvitations")
async def get_resource_share_invitations(call: Call) -> Answer:
    """What the account was invited to."""
    return {"resourceShareInvitations": [row for _, row in call.kernel.store.scan(_INVITATION, call.key(""))]}


@behaviour("ram", "AcceptResourceShareInvitation")
async def accept_resource_share_invitation(call: Call) -> Answer:
    """Let the account in to what is shared."""
    key, invitation = _invitation(call)
    if invitation["status"] != "PENDING":
        done = str(invitation["status"]).title()
        text = f"The invitation {invitation['resourceShareInvitationArn']} was {done.lower()} already."
        raise CallerError(f"ResourceShareInvitationAlready{done}Exception", text)
    ident = key.rsplit("/", 1)[1]
    share = call.kernel.store.get(_SHARE, f"{invitation['senderAccountId']}/{call.region}/{ident}")
    if share is None:
        raise CallerError("OperationNotPermittedException", "The resource share was deleted.", 403)
    invitation["status"] = "ACCEPTED"
    with call.kernel.store.transaction():
        call.kernel.store.put(_INVITATION, key, invitation)
        for arn in share["_resources"]:
            sharing.grant(call.kernel, arn, call.account, ident)
    return {"resourceShareInvitation": invitation}


@behaviour("ram", "RejectResourceShareInvitation")
async def reject_resource_share_invitation(call: Call) -> Answer:
    """Refuse what is offered."""
    key, invitation = _invitation(call)
    invitation["status"] = "REJECTED"
    call.kernel.store.put(_INVITATION, key, invitation)
    return {"resourceShareInvitation": invitation}


def _invitation(call: Call) -> tuple[str, dict[str, Any]]:
    """The invitation that is named; raises ResourceShareInvitationArnNotFoundException (the text is ours)."""
    wanted = call.params["resourceShareInvitationArn"]
    for key, row in call.kernel.store.scan(_INVITATION, call.key("")):
        if row["resourceShareInvitationArn"] == wanted:
            return key, row
    raise CallerError("ResourceShareInvitationArnNotFoundException", f"There is no invitation {wanted}.")


@behaviour("ram", "GetResourceShares")
async def get_resource_shares(call: Call) -> Answer:
    """The account's own shares, or those of others that it has accepted."""
    if call.params["resourceOwner"] == "SELF":
        return {"resourceShares": [_shown(row) for _, row in call.kernel.store.scan(_SHARE, call.key(""))]}
    found = []
    for key, row in call.kernel.store.scan(_INVITATION, call.key("")):
        place = f"{row['senderAccountId']}/{call.region}/{key.rsplit('/', 1)[1]}"
        if row["status"] == "ACCEPTED" and (share := call.kernel.store.get(_SHARE, place)):
            found.append(_shown(share))
    return {"resourceShares": found}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in row.items() if not member.startswith("_")}


@behaviour("ram", "DeleteResourceShare")
async def delete_resource_share(call: Call) -> Answer:
    """Take the share back, and with it what it has granted; raises UnknownResourceException (the text is ours)."""
    arn = call.params["resourceShareArn"]
    key = call.key(arn.rsplit("/", 1)[-1])
    share = call.kernel.store.get(_SHARE, key)
    if share is None:
        raise CallerError("UnknownResourceException", f"Resource share {arn} could not be found.")
    with call.kernel.store.transaction():
        call.kernel.store.delete(_SHARE, key)
        for resource in share["_resources"]:
            sharing.revoke(call.kernel, resource, key.rsplit("/", 1)[1])
    return {"returnValue": True}
