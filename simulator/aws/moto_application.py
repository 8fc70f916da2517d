"""moto's WSGI application, made once a process, and made quick: what it computes again on every call is kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from moto.core import responses, utils
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

WsgiApp = Callable[[Mapping[str, Any], Callable[..., Any]], Iterable[bytes]]

_ENVIRONMENT = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS": "true",
    "MOTO_EVENTS_INVOKE_HTTP": "false",
}


@cache
def application() -> WsgiApp:
    """The application; moto's state belongs to the process, so there is no use for a second."""
    os.environ.update(_ENVIRONMENT)
    IAMBackend._init_aws_policies = _aws_policies  # noqa: SLF001  moto offers no way to give it parsed policies
    responses.method_names_from_class = lru_cache(None)(responses.method_names_from_class)
    utils.create_loader = cache(utils.create_loader)
    made = DomainDispatcherApplication(create_backend_app)
    made.get_backend_for_host = lru_cache(None)(made.get_backend_for_host)
    found: WsgiApp = made
    return found


def forget_everything() -> None:
    """moto remembers nothing any more: another simulator in this process (a test's) begins with no state."""
    BackendDict.reset()
    reset_model_data()


def aws_policy(name: str, account: str, partition: str, attachments: int) -> AWSManagedPolicy:
    """AWS's managed policy of that name as an account has it; KeyError when this moto has none."""
    original = _originals(partition)[name]
    policy = object.__new__(AWSManagedPolicy)  # copy.copy takes three times as long, and there are 1,500
    policy.__dict__.update(original.__dict__)
    policy.account_id, policy.attachment_count = account, attachments
    policy.versions, policy.tags = list(policy.versions), {}
    return policy


def _aws_policies(backend: IAMBackend) -> list[AWSManagedPolicy]:
    account, partition = backend.account_id, backend.partition
    return [aws_policy(name, account, partition, 0) for name in _originals(partition)]


@cache
def _originals(partition: str) -> dict[str, AWSManagedPolicy]:
    """Every policy of AWS's, parsed once: some 1,500 of them are 5 MB of text that moto reads for every account."""
    made = {}
    for name, data in json.loads(aws_managed_policies_data).items():
        made[name] = AWSManagedPolicy.from_data(name, "aws", partition, data)
        # moto draws this id anew for each account and process; on AWS it is one and never changes.
        made[name].id = "ANPA" + hashlib.sha256(name.encode()).hexdigest()[:17].upper()
    return made
