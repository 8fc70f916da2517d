"""AssumeRoleWithWebIdentity: a session of a role for whoever an OpenID Connect provider of the account vouches for.

The token must be signed by the provider, for an audience that the account registered, and not be expired; then the
role's trust policy decides, with the provider as federated principal and the token's claims as condition keys.
Source: STS API reference, "AssumeRoleWithWebIdentity"; IAM user guide, "Available keys for AWS OIDC federation".
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from simulator.aws.accounts import ROLE
from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.iam.federation import federated_access
from simulator.aws.sts.identity_providers import check_signature, invalid_token
from simulator.aws.sts.sessions import check_duration, session
from simulator.formats import jwt
from simulator.kernel.errors import CallerError

_ACTION = "sts:AssumeRoleWithWebIdentity"


@behaviour("sts", "AssumeRoleWithWebIdentity")
async def assume_role_with_web_identity(call: Call) -> Answer:
    """Session credentials for a verified token; nobody signs the request."""
    role_arn, name = call.params["RoleArn"], call.params["RoleSessionName"]
    if "ProviderId" in call.params:
        raise invalid_token(
            "Only OpenID Connect tokens are simulated: leave ProviderId out."
        )  # this text is ours
    account = _account(role_arn)
    try:
        token = jwt.parse(call.params["WebIdentityToken"])
    except jwt.JwtInvalid as error:
        raise invalid_token(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        ) from error
    provider = await _verified(call, account, token)
    keys = _condition_keys(token, provider, name)
    row = call.kernel.store.get(ROLE, role_arn)
    if row is None or not federated_access(row["trust"], provider, _ACTION, role_arn, keys):
        raise CallerError("AccessDenied", f"Not authorized to perform {_ACTION}", 403)
    policy = json.loads(call.params["Policy"]) if "Policy" in call.params else None
    duration = await check_duration(call, role_arn, chained=False)
    made = call.cloud.credentials.issue(role_arn, name, duration_seconds=duration, policy=policy)
    return {
        **session(made),
        "SubjectFromWebIdentityToken": str(token.claims["sub"]),
        "Provider": provider,
        "Audience": _audience(token),
    }


def _account(role_arn: str) -> str:
    parts = role_arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise CallerError("ValidationError", "Request ARN is invalid")
    return parts[4]


async def _verified(call: Call, account: str, token: jwt.Jwt) -> str:
    """The ARN of the account's provider that vouches for the token; raises CallerError as STS does."""
    issuer = str(token.claims.get("iss", ""))
    if any(name not in token.claims for name in ("iss", "sub", "aud", "exp", "iat")):
        raise invalid_token("Missing a required claim: iss, sub, aud, exp and iat")  # this text is ours
    arn = f"arn:aws:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
    try:
        provider = await call.cloud.call(
            "iam",
            "GetOpenIDConnectProvider",
            {"OpenIDConnectProviderArn": arn},
            account=account,
            region=call.region,
        )
    except CallerError as error:
        if error.code != "NoSuchEntity":
            raise
        raise invalid_token(f"No OpenIDConnect provider found in your account for {issuer}") from error
    _check_times(token, call.kernel.clock.wall())
    await check_signature(call.kernel.outbound, issuer, token)
    if _audience(token) not in provider.get("ClientIDList", ()):
        raise invalid_token("Incorrect token audience")
    return arn


def _check_times(token: jwt.Jwt, now: float) -> None:
    """Tokens are good or not by real time, as credentials are."""
    try:
        expires, begins = int(token.claims["exp"]), int(token.claims.get("nbf", 0))
    except (TypeError, ValueError) as error:
        raise invalid_token("The token's times are no numbers") from error  # this text is ours
    if now >= expires:
        raise CallerError(
            "ExpiredTokenException",
            f"Token expired: current date/time {_moment(now)} must be before the expiration date/time"
            f" {_moment(expires)}",
        )
    if now < begins:
        raise invalid_token(f"Token is not valid before {_moment(begins)}")  # this text is ours


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _audience(token: jwt.Jwt) -> str:
    """The audience; the authorized party where the token has one (then `aud` is the key `oaud`)."""
    found = token.claims.get("azp") or token.claims["aud"]
    return str(found[0] if isinstance(found, list) and found else found)


def _condition_keys(token: jwt.Jwt, provider: str, session_name: str) -> dict[str, str | tuple[str, ...]]:
    prefix = provider.partition("/")[2]
    keys: dict[str, str | tuple[str, ...]] = {
        f"{prefix}:sub": str(token.claims["sub"]),
        f"{prefix}:aud": _audience(token),
        "aws:FederatedProvider": provider,
        "sts:RoleSessionName": session_name,
    }
    if "azp" in token.claims:
        keys[f"{prefix}:oaud"] = str(token.claims["aud"])
    if isinstance(token.claims.get("amr"), list):
        keys[f"{prefix}:amr"] = tuple(str(each) for each in token.claims["amr"])
    return keys
