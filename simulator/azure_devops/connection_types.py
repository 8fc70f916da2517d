"""The types of service connections: their schemes, what each asks for and what of it is secret. A table of facts.

Source: vsts-rest-api-specs serviceEndpoint 7.1; vss-extension.json of the AWS toolkit; the reference, 4.5 and 5.
Those with `stored` are kept and shown; a task that would use one is not simulated and says so by its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.azure_devops.inputs import Input, value


@dataclass(frozen=True)
class Scheme:
    """One way to sign in."""

    name: str
    display_name: str
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class DataSource:
    """A list that a type names for its connections: `url` is a template, `selector` chooses what of the answer."""

    name: str
    url: str
    selector: str


@dataclass(frozen=True)
class ConnectionType:
    """One type; `inputs` are members of `data`, `needs_url` says that the creator gives the URL."""

    name: str
    display_name: str
    schemes: tuple[Scheme, ...]
    url: str = ""
    needs_url: bool = False
    inputs: tuple[Input, ...] = ()
    stored: bool = False
    sources: tuple[DataSource, ...] = ()


def _text(name: str, title: str, required: bool = False) -> Input:
    return Input(name, title, required=required)


def _secret(name: str, title: str, required: bool = False) -> Input:
    return Input(name, title, mode="passwordBox", required=required, confidential=True)


_BASIC = Scheme(
    "UsernamePassword",
    "Basic Authentication",
    (_text("username", "Username"), _secret("password", "Password")),
)
_AWS = Scheme(
    "UsernamePassword",
    "Basic Authentication",
    (
        _text("username", "Access Key ID"),
        _secret("password", "Secret Access Key"),
        _secret("sessionToken", "Session Token"),
        _text("assumeRoleArn", "Role to Assume"),
        _text("roleSessionName", "Role Session Name"),
        _text("externalId", "External ID"),
        Input("useOIDC", "Use OIDC", mode="checkBox", kind="boolean"),
    ),
)
_REGISTRY = Scheme(
    "UsernamePassword",
    "Basic Authentication",
    (
        _text("registry", "Docker Registry", True),
        _text("username", "Docker ID", True),
        _secret("password", "Docker Password", True),
        _text("email", "Email"),
    ),
)
_WEBHOOK = Scheme(
    "None",
    "No Authentication",
    (
        _text("webhookname", "WebHook Name", True),
        _secret("secret", "Secret"),
        _text("header", "HTTP Header"),
    ),
)
_TOKEN = Scheme("Token", "Token Based Authentication", (_secret("apitoken", "API Token"),))
_PACKAGES = (_TOKEN, _BASIC, Scheme("None", "None"))
_UPLOADS = tuple(
    Scheme(one.name, one.display_name, (_text("endpointname", "EndpointName", True), *one.inputs))
    for one in (_TOKEN, _BASIC)
)
_PRINCIPAL = (
    _text("tenantid", "Tenant Id", True),
    _text("serviceprincipalid", "Service Principal Id"),
    _secret("serviceprincipalkey", "Service Principal Key"),
    _secret("servicePrincipalCertificate", "Certificate"),
)

TYPES: tuple[ConnectionType, ...] = (
    ConnectionType(
        "AWS",
        "AWS",
        (_AWS,),
        "https://aws.amazon.com/",
        # The one that the AWS toolkit's vss-extension.json names.
        sources=(DataSource("AWS", "{{endpoint.url}}api/projects/index", "jsonpath:$[*].nm"),),
    ),
    ConnectionType(
        "generic",
        "Generic",
        (
            _BASIC,
            _TOKEN,
            Scheme("None", "None"),
        ),
        needs_url=True,
    ),
    ConnectionType("externalnpmregistry", "npm", _PACKAGES[:2], needs_url=True),
    ConnectionType("externalPythonDownloadFeed", "Python package download", _PACKAGES, needs_url=True),
    ConnectionType("externalPythonUploadFeed", "Python package upload", _UPLOADS, needs_url=True),
    ConnectionType("incomingwebhook", "Incoming WebHook", (_WEBHOOK,)),
    ConnectionType(
        "dockerregistry",
        "Docker Registry",
        (_REGISTRY,),
        "https://index.docker.io/v1/",
        inputs=(
            Input(
                "registrytype", "Registry type", options=("Others", "DockerHub", "ACR"), mode="radioButtons"
            ),
        ),
    ),
    ConnectionType(
        "github",
        "GitHub",
        (
            Scheme("PersonalAccessToken", "Personal access token", (_secret("accessToken", "Token", True),)),
            Scheme("Token", "Token Based Authentication", (_secret("AccessToken", "Token", True),)),
            Scheme("OAuth", "OAuth", (_secret("AccessToken", "Token"),)),
            Scheme("InstallationToken", "Installation token"),
        ),
        "https://github.com",
        stored=True,
    ),
    ConnectionType(
        "azurerm",
        "Azure Resource Manager",
        (
            Scheme("ServicePrincipal", "Service principal", _PRINCIPAL),
            Scheme("WorkloadIdentityFederation", "Workload identity federation", _PRINCIPAL),
            Scheme("ManagedServiceIdentity", "Managed identity", (_text("tenantid", "Tenant Id", True),)),
        ),
        "https://management.azure.com/",
        inputs=(_text("subscriptionId", "Subscription Id"), _text("subscriptionName", "Subscription Name")),
        stored=True,
    ),
)
# What no answer shows, whatever the type that it stands in.
_ALWAYS_SECRET = frozenset(
    {
        "password",
        "sessiontoken",
        "apitoken",
        "secret",
        "accesstoken",
        "serviceprincipalkey",
        "serviceprincipalcertificate",
    }
)


def find(name: str) -> ConnectionType | None:
    """The type of that name; case does not matter."""
    return next((one for one in TYPES if one.name.lower() == name.lower()), None)


def scheme_of(found: ConnectionType, name: str) -> Scheme | None:
    """The type's scheme of that name; an empty name is its first."""
    return next((one for one in found.schemes if not name or one.name.lower() == name.lower()), None)


def secret(name: str) -> bool:
    """Whether a parameter of that name never goes out."""
    return name.lower() in _ALWAYS_SECRET


def missing(inputs: tuple[Input, ...], given: Mapping[str, Any]) -> str:
    """The first required input that is not given, else the empty text."""
    return next((one.id for one in inputs if one.required and not value(given, one.id)), "")
