"""What a REST endpoint is: a function that answers one verb at one location id, for tokens with one scope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.identify import Caller
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.service import AzureDevOps
from simulator.kernel.world import Kernel


@dataclass(frozen=True)
class Answer:
    """An answer that is not plain 200 JSON: `content` or a `file`, with `content_type`, goes out as it is if given."""

    status: int = 200
    value: object = None
    content: bytes | None = None
    file: Path | None = None
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


NULL = Answer(content=b"null", content_type="application/json; charset=utf-8")
"""The answer of places where the service says null."""


class RouteValues(dict[str, str]):
    """The values of a route, by lower-case name; a verb that needs one that is not there does not fit the address."""

    def __init__(self, method: str, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._method = method

    def __missing__(self, name: str) -> str:
        raise failure("VssMethodNotAllowedException", method=self._method)


@dataclass(frozen=True)
class Call:
    """One request to an endpoint; names in `route`, `query` and `headers` are lower case.

    `body` is the parsed JSON, or None where the request says that `raw` is something else. `host_family` is
    `dev.azure.com` where the client asked there, empty where it asked at our own address.
    """

    azure: AzureDevOps
    caller: Caller
    method: str
    route: RouteValues
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    raw: bytes = b""
    host_family: str = ""

    @property
    def kernel(self) -> Kernel:
        """Clock, store, log."""
        return self.azure.kernel

    @property
    def organization(self) -> Organization:
        """The rows."""
        return self.azure.organization

    @property
    def url(self) -> str:
        """The organization's URL at the host family where the client asked, without a slash at its end.

        So a client that insists on its host, as those under `simulator run` may, gets URLs of that host.
        """
        if self.host_family:
            return f"https://{self.host_family}/{self.organization.name}"
        return self.organization.url

    def person_reference(self, name: str) -> Row:
        """The IdentityRef of the identity that a row keeps by name."""
        return self.organization.identity(name).reference(self.url)

    def project(self) -> Row:
        """The project of the route, if the caller sees it; else TF200016, which hides what is not yours."""
        name = self.route.get("project") or self.route.get("scopeidentifier", "")
        return self.visible(self.organization.project(name), name)

    def project_or_none(self) -> Row | None:
        """The project of the route, or None where the route names none."""
        return self.project() if self.route.get("project") else None

    def visible(self, project: Row, name: str) -> Row:
        """`project`, if the caller sees it."""
        if project["name"] not in self.caller.projects:
            raise failure("ProjectDoesNotExistWithNameException", name=name)
        return project

    def repository(self, disabled: bool = False) -> Row:
        """The repository of the route; TF401019 where it is not, or not the caller's; `disabled` ones if asked for."""
        project = self.project_or_none()
        name = self.route.get("repositorynameorid") or self.route["repositoryid"]
        row = self.organization.repository(name, project["id"] if project else "")
        owner = self.organization.project(row["project"])
        if owner["name"] not in self.caller.projects:
            raise failure("GitRepositoryNotFoundException", name=name)
        if row.get("isDisabled") and not disabled:
            raise failure("GitRepositoryDisabledException", name=row["name"])
        return row

    def allowed(self, space: str, token: str, *permissions: str) -> bool:
        """Whether the caller has all of the permissions on a token of a security namespace."""
        return self.organization.rights.allows(self.caller.held, space, token, *permissions)

    def permitted(
        self, space: str, permission: str, rows: list[Row], token: Callable[[Row], str]
    ) -> list[Row]:
        """Those of the rows on whose token the caller has the permission: what a list may show."""
        shown = self.organization.rights.each(
            self.caller.held, space, [token(row) for row in rows], permission
        )
        return [row for row, allowed in zip(rows, shown, strict=True) if allowed]

    def owns(self, space: str, token: str, *permissions: str) -> None:
        """From now on the caller, who makes something, has the permissions on it; in the caller's transaction."""
        self.organization.rights.own(self.caller.identity, space, token, *permissions)

    def requires(self, scope: str) -> None:
        """Refuse as the service does when the token lacks the scope."""
        if not self.caller.may(scope):
            raise failure("UnauthorizedRequestException", user=self.caller.identity.id)

    def member(self, name: str) -> Any:
        """A member that the body must have."""
        if not isinstance(self.body, dict) or self.body.get(name) is None:
            raise failure("VssPropertyValidationException", parameter=name)
        return self.body[name]

    def object_body(self) -> dict[str, Any]:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise invalid("The request body must be a JSON object.")
        return self.body

    def number(self, name: str, default: int) -> int:
        """A query parameter that is a number."""
        text = self.query.get(name, "")
        if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise invalid(f"The value '{text}' of the query parameter {name} is not a number.")
        return int(text) if text else default


Handler = Callable[[Call], Awaitable[object]]


@dataclass(frozen=True)
class Endpoint:
    """A handler and the scope that a token needs for it (None: any token); `raw`: the body is bytes, never JSON."""

    handler: Handler
    scope: str | None
    raw: bool = False


ENDPOINTS: dict[tuple[str, str], Endpoint] = {}


def endpoint(
    method: str, location: str, scope: str | None, raw: bool = False
) -> Callable[[Handler], Handler]:
    """Say that a function answers `method` at the location with this id; `raw` where bodies are files."""

    def register(handler: Handler) -> Handler:
        key = (method, location)
        if key in ENDPOINTS:
            raise ValueError(f"{method} {location} has two handlers")
        ENDPOINTS[key] = Endpoint(handler, scope, raw)
        return handler

    return register


def page(
    call: Call, values: list[Any], default: int = 1000, most: int = 10_000
) -> tuple[list[Any], dict[str, str]]:
    """The page of `values` that `$top`, `$skip` and `continuationToken` ask for, and the header that names the next.

    The token is the number of values before the next page. 400 for a number that is none.
    """
    top = min(call.number("$top", call.number("top", default)), most)
    start = call.number("$skip", 0) + call.number("continuationtoken", 0)
    chosen = values[start : start + top]
    more = start + len(chosen) < len(values) and bool(chosen)
    return chosen, {"x-ms-continuationtoken": str(start + len(chosen))} if more else {}


def paged(
    call: Call, values: list[Any], view: Callable[[Any], Any], default: int = 1000, most: int = 10_000
) -> Answer:
    """A list in its envelope, page by page: `view` makes the wire form of the values that are answered."""
    chosen, headers = page(call, values, default, most)
    return Answer(200, collection([view(value) for value in chosen]), headers=headers)


def collection(values: list[Any]) -> dict[str, Any]:
    """The form in which the service gives lists."""
    return {"count": len(values), "value": values}
