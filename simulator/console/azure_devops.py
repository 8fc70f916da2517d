"""Azure DevOps as the person at the console: REST calls with their personal access token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.console.people import Person
from simulator.console.refusals import Refused

if TYPE_CHECKING:
    import httpx

_VERSION = "7.1"
_PREVIEW = "7.1-preview.1"


class AzureDevOps:
    """The organization at `url`, for every person."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        import httpx  # when the first page is asked for, as in rendering.py

        self._client = httpx.AsyncClient(trust_env=False, timeout=60)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def json(self, person: Person, path: str, **params: Any) -> Any:
        """GET below the organization; raises Refused in the service's words."""
        return (await self._ask(person, "GET", path, params)).json()

    async def values(self, person: Person, path: str, **params: Any) -> list[dict[str, Any]]:
        """The `value` of a collection; raises Refused."""
        found: list[dict[str, Any]] = (await self.json(person, path, **params))["value"]
        return found

    async def text(self, person: Person, path: str) -> str:
        """GET as plain text; raises Refused."""
        return (await self._ask(person, "GET", path, {}, accept="text/plain")).text

    async def patch(self, person: Person, path: str, body: object) -> Any:
        """PATCH a JSON body; raises Refused."""
        return (await self._ask(person, "PATCH", path, {"api-version": _PREVIEW}, body=body)).json()

    async def projects(self, person: Person) -> list[str]:
        """The names of the projects that the person sees."""
        return [str(project["name"]) for project in await self.values(person, "_apis/projects")]

    async def _ask(
        self,
        person: Person,
        method: str,
        path: str,
        params: dict[str, Any],
        accept: str = "application/json",
        body: object = None,
    ) -> httpx.Response:
        import httpx

        try:
            answer = await self._client.request(
                method,
                f"{self.url}/{path}",
                params={"api-version": _VERSION, **params},
                headers={"accept": accept},
                auth=("", person.token),
                json=body,
            )
        except httpx.HTTPError as error:
            raise Refused("azure devops", "Unreachable", str(error) or type(error).__name__, 502) from error
        if answer.status_code >= 400:
            raise _refused(answer)
        return answer


def _refused(answer: httpx.Response) -> Refused:
    told: dict[str, Any] = {}
    if answer.headers.get("content-type", "").startswith("application/json"):
        told = answer.json()
    message = str(told.get("message") or answer.text or f"HTTP {answer.status_code}")
    return Refused("azure devops", str(told.get("typeKey", "")), message, answer.status_code)
