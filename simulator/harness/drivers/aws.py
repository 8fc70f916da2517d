"""AWS as a person uses it: boto3 clients for one account, by their own keys or a role they assume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.session import Session as BotocoreSession

# What is read of botocore's files serves every account: reading it anew is most of making a client.
_LOADER = create_loader()
_CONFIG = Config(retries={"max_attempts": 2}, read_timeout=120)


@dataclass(frozen=True)
class Keys:
    """AWS credentials."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Aws:
    """Clients of one account. `endpoint_url` None means the real cloud."""

    def __init__(self, keys: Keys, region: str, endpoint_url: str | None) -> None:
        self.region, self._endpoint_url = region, endpoint_url
        self._clients: dict[str, Any] = {}
        self._roles: list[Aws] = []
        core = BotocoreSession()
        core.register_component("data_loader", _LOADER)
        self._session: Any = boto3.Session(
            keys.access_key_id,
            keys.secret_access_key,
            keys.session_token,
            region_name=region,
            botocore_session=core,
        )

    def client(self, service: str) -> Any:
        """A boto3 client, made once."""
        if service not in self._clients:
            self._clients[service] = self._session.client(
                service, endpoint_url=self._endpoint_url, config=_CONFIG
            )
        return self._clients[service]

    def close(self) -> None:
        """Close idle connections, those of the roles assumed from here too."""
        for client in self._clients.values():
            client.close()
        for role in self._roles:
            role.close()

    def assume(self, role_arn: str, session_name: str) -> Aws:
        """The same cloud as a role."""
        made = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"]
        keys = Keys(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        role = Aws(keys, self.region, self._endpoint_url)
        self._roles.append(role)
        return role
