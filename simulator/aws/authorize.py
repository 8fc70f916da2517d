"""May this caller do this: identity and resource policies brought together and evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from simulator.aws.access import Access, access
from simulator.aws.iam.decision import PolicyType, denial
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.statements import PolicyDocument
from simulator.aws.iam.variables import Context, context
from simulator.aws.policies import Policies
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

# Their answer does not depend on what the caller may do.
_OPEN = frozenset(
    {"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"}
)
_ACROSS = frozenset({"AddAssociation", "DeleteAssociation", "QueryLineage"})
_LINEAGE = re.compile(r":(?:action|artifact|context|experiment-trial-component)/")
_PUBLIC_ERRORS = {
    "s3": "AccessDenied",
    "iam": "AccessDenied",
    "sts": "AccessDenied",
    "cloudformation": "AccessDenied",
}


class Authorizer:
    """Evaluates requests; `owner_of_bucket` comes from who created it."""

    def __init__(self, kernel: Kernel, policies: Policies) -> None:
        self._kernel, self._policies = kernel, policies

    def bucket_owner(self, bucket: str) -> str:
        """The account that owns a bucket, empty when there is none of that name."""
        row = self._kernel.store.get("s3.bucket", bucket)
        return str(row["account"]) if row else ""

    async def authorize(
        self,
        principal: Principal,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        account: str,
        region: str,
    ) -> None:
        """Return when allowed; raise CallerError with AWS's AccessDenied text when not."""
        if service == "s3" and params.get("CopySource"):
            # A copy reads what it copies. Source: S3 API reference, CopyObject, "Permissions".
            await self.authorize(
                principal, service, "GetObject", _copied(params["CopySource"]), account, region
            )
        if (service, operation) == ("sagemaker", "CreateModel"):
            await self._authorize_packages(principal, params, region)
        if service == "sagemaker" and operation in _ACROSS:
            await self._authorize_ends(principal, operation, params, region)
        if service == "kms":
            params = await self._by_key(params, account, region)
        asked = access(service, operation, params, account, region)
        if asked.action in _OPEN:
            return
        if service == "s3" and params.get("Bucket"):
            owner = self.bucket_owner(str(params["Bucket"]))
            asked = Access(asked.action, asked.resource, owner or principal.account)
        await self._judge(principal, service, asked, params, region)

    async def _authorize_packages(self, principal: Principal, params: Mapping[str, Any], region: str) -> None:
        """A model from another account's package asks its group's policy for sagemaker:CreateModel on the package.

        Source: SageMaker developer guide, "Deploy a Model Version from a Different Account".
        """
        for container in (params.get("PrimaryContainer", {}), *params.get("Containers", ())):
            package = str(container.get("ModelPackageName", ""))
            if package.count(":") >= 5 and (owner := package.split(":")[4]) != principal.account:
                asked = Access("sagemaker:CreateModel", package, owner)
                await self._judge(principal, "sagemaker", asked, params, region)

    async def _authorize_ends(
        self, principal: Principal, operation: str, params: Mapping[str, Any], region: str
    ) -> None:
        """Entities of another account's lineage ask the policy of its lineage group, each for itself.

        Source: SageMaker developer guide, "Cross-Account Lineage Tracking".
        """
        for arn in (params.get("SourceArn"), params.get("DestinationArn"), *params.get("StartArns", ())):
            if arn and (owner := str(arn).split(":")[4]) != principal.account:
                await self._judge(
                    principal, "sagemaker", Access(f"sagemaker:{operation}", arn, owner), params, region
                )

    async def _judge(
        self, principal: Principal, service: str, asked: Access, params: Mapping[str, Any], region: str
    ) -> None:
        """Raise AWS's AccessDenied where the policies that apply do not allow what is asked."""
        resource, only_door = await self._resource_policy(service, asked, params, principal.account)
        decision = evaluate(
            AccessRequest(
                _caller(principal),
                asked.action,
                asked.resource,
                asked.owner,
                self._context(principal, region, params),
            ),
            PolicySet(
                identity=await self._policies.identity(principal),
                resource=resource,
                session=_session_policies(principal),
                resource_must_allow=only_door,
            ),
        )
        if not decision.allowed:
            code = _PUBLIC_ERRORS.get(service, "AccessDeniedException")
            raise CallerError(code, denial(principal.arn, asked.action, asked.resource, decision), 403)

    def trusts(
        self, trust: Mapping[str, Any], principal: Principal, role_arn: str, action: str, region: str
    ) -> str:
        """Empty when the role's trust policy and the caller's account rules let the caller in; else the denial text.

        The caller's identity policies are judged apart, by `may_assume`.
        """
        document = parse_policy(trust, PolicyKind.TRUST, role_arn)
        request = AccessRequest(
            _caller(principal), action, role_arn, role_arn.split(":")[4], self._context(principal, region, {})
        )
        anything = parse_policy(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]},
            PolicyKind.IDENTITY,
        )
        policies = PolicySet((anything,), document, resource_must_allow=True, resource_type=PolicyType.TRUST)
        decision = evaluate(request, policies)
        return "" if decision.allowed else denial(principal.arn, action, role_arn, decision)

    async def may_assume(
        self,
        trust: Mapping[str, Any],
        principal: Principal,
        role_arn: str,
        region: str,
        keys: Mapping[str, str],
    ) -> str:
        """Empty when trust and identity policies both let the caller assume the role; else the denial text."""
        document = parse_policy(trust, PolicyKind.TRUST, role_arn)
        request = AccessRequest(
            _caller(principal),
            "sts:AssumeRole",
            role_arn,
            role_arn.split(":")[4],
            {**self._context(principal, region, {}), **context(dict(keys))},
        )
        policies = PolicySet(
            await self._policies.identity(principal),
            document,
            session=_session_policies(principal),
            resource_must_allow=True,
            resource_type=PolicyType.TRUST,
        )
        decision = evaluate(request, policies)
        return "" if decision.allowed else denial(principal.arn, "sts:AssumeRole", role_arn, decision)

    async def _resource_policy(
        self, service: str, asked: Access, params: Mapping[str, Any], account: str
    ) -> tuple[PolicyDocument | None, bool]:
        """The resource's own policy, and whether it must allow."""
        if service == "s3" and params.get("Bucket"):
            bucket = str(params["Bucket"])
            return (
                await self._policies.bucket(bucket, asked.owner) if self.bucket_owner(bucket) else None
            ), False
        if service == "kms" and ":key/" in asked.resource:
            policy = await self._policies.key(asked.resource, asked.owner)
            return policy, policy is not None  # every key has one: without it there is no key
        if service == "lambda" and ":function:" in asked.resource:
            return self._function_policy(asked.resource), False
        if ":model-package" in asked.resource:
            return self._registry_policy(asked.resource), False
        if service == "sagemaker" and asked.owner != account and _LINEAGE.search(asked.resource):
            return self._lineage_policy(asked.resource), False
        if service in ("sqs", "sns", "secretsmanager") and asked.owner != account:
            return await self._policies.shared(asked.resource, asked.owner), False
        return None, False

    async def _by_key(self, params: Mapping[str, Any], account: str, region: str) -> Mapping[str, Any]:
        """The parameters with a key in the place of its alias: policies are about keys."""
        name = str(params.get("KeyId", ""))
        if not name.startswith("alias/") and ":alias/" not in name:
            return params
        if name.startswith("arn:"):
            _, _, _, region, account, name = name.split(":", 5)
        found = await self._policies.key_of(name, account, region)
        return {**params, "KeyId": found} if found else params

    def _function_policy(self, arn: str) -> PolicyDocument | None:
        """The policy of a function, version or alias; rows are written by AddPermission."""
        _, _, _, region, account, _, name, *qualifier = arn.split(":")
        key = f"{account}/{region}/{name}/{qualifier[0] if qualifier else '$LATEST'}"
        row = self._kernel.store.get("lambda.policy", key)
        document = {"Version": "2012-10-17", "Statement": row["statements"]} if row else None
        return parse_policy(document, PolicyKind.RESOURCE, name) if document else None

    def _registry_policy(self, arn: str) -> PolicyDocument | None:
        """The policy of a model package's group; rows are written by the registry."""
        _, _, _, region, account, rest = arn.split(":", 5)
        group = rest.split("/")[1]
        row = self._kernel.store.get("sagemaker.model_package_group_policy", f"{account}/{region}/{group}")
        return parse_policy(row["policy"], PolicyKind.RESOURCE, group) if row else None

    def _lineage_policy(self, arn: str) -> PolicyDocument | None:
        """The policy of the lineage group that an entity is in; rows are written by what RAM shares."""
        _, _, _, region, account, _ = arn.split(":", 5)
        row = self._kernel.store.get("sagemaker.lineage_group_policy", f"{account}/{region}")
        return parse_policy(row["policy"], PolicyKind.RESOURCE, "lineage group") if row else None

    def _context(self, principal: Principal, region: str, params: Mapping[str, Any]) -> Context:
        values: dict[str, str | bool | float | tuple[str, ...]] = {
            "aws:PrincipalArn": principal.role_arn or principal.arn,
            "aws:PrincipalAccount": principal.account,
            "aws:userid": principal.user_id,
            "aws:RequestedRegion": region,
            "aws:SecureTransport": True,
            "aws:CurrentTime": datetime.fromtimestamp(self._kernel.clock.now(), UTC).isoformat(),
            "aws:ViaAWSService": False,
        }
        if ":user/" in principal.arn:
            values["aws:username"] = principal.arn.rsplit("/", 1)[1]
        if "Prefix" in params:
            values["s3:prefix"] = str(params["Prefix"])
        return context(values)


def _copied(source: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Bucket and key of a copy's source: `bucket/key`, quoted, with a version or not, or a mapping."""
    if not isinstance(source, str):
        return source
    bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
    return {"Bucket": bucket, "Key": key}


def _caller(principal: Principal) -> Caller:
    return Caller(principal.arn, principal.account, principal.role_arn)


def _session_policies(principal: Principal) -> tuple[PolicyDocument, ...] | None:
    if principal.session_policy is None:
        return None
    return (parse_policy(principal.session_policy, PolicyKind.IDENTITY, "session policy"),)
