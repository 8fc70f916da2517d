"""The console as routes: checks the request, finds the person, asks the page, renders or goes on."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.console import guard, rendering
from simulator.console.aws import Aws
from simulator.console.azure_devops import AzureDevOps
from simulator.console.facts import Facts
from simulator.console.pages import (
    endpoints,
    executions,
    jobs,
    monitoring,
    overview,
    reality,
    registry,
    runs,
    timeline,
)
from simulator.console.people import COOKIE, chosen, people
from simulator.console.refusals import NotThere, Refused, remedy
from simulator.console.visit import Clouds, Gone, Page, Visit

Status = Callable[[], dict[str, Any]]
Reading = Callable[[Visit], Awaitable[Page]]
Acting = Callable[[Visit], Awaitable[Gone]]

_HERE = Path(__file__).parent
_STATIC = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
_LONGEST_FORM = 64_000

SECTIONS = (
    ("/", "Overview"),
    ("/registry", "Registry"),
    ("/executions", "Executions"),
    ("/runs", "Runs"),
    ("/endpoints", "Endpoints"),
    ("/monitoring", "Monitoring"),
    ("/facts", "Facts"),
    ("/reality", "Reality"),
)
SAID = {
    "approved": "Approved. What follows is on its way.",
    "rejected": "Rejected. Nothing is deployed.",
    "person": "You act as this person from now on.",
}


class Console:
    """The console of a simulator whose `status` says where the clouds are and who the people are."""

    def __init__(self, status: Status) -> None:
        self._status, self._secret = status, secrets.token_bytes(32)
        self._clouds: Clouds | None = None

    def routes(self) -> list[Route]:
        """Every page, every form, and the two files that they name."""
        reading: dict[str, Reading] = {
            "/": overview.page,
            "/registry": registry.groups,
            "/registry/{account}/{group}": registry.versions,
            "/registry/{account}/{group}/{version:int}": registry.version,
            "/executions": executions.executions,
            "/executions/{account}/{pipeline}/{execution}": executions.execution,
            "/jobs/{account}/{kind}/{name}": jobs.job,
            "/runs": runs.runs,
            "/runs/{project}/{run:int}": runs.run,
            "/runs/{project}/{run:int}/logs/{log:int}": runs.log,
            "/endpoints": endpoints.endpoints,
            "/endpoints/{account}/{name}": endpoints.endpoint,
            "/monitoring": monitoring.schedules,
            "/monitoring/{account}/{name}": monitoring.schedule,
            "/facts": timeline.facts,
            "/reality": reality.page,
        }
        acting: dict[str, Acting] = {
            "/registry/{account}/{group}/{version:int}/decide": registry.decide,
            "/runs/{project}/{run:int}/approvals/{approval}": runs.decide,
        }
        return [
            Route("/static/{name}", self._static),
            Route("/person", self._choose, methods=["POST"]),
            *(Route(path, self._reads(page), methods=["GET"]) for path, page in reading.items()),
            *(Route(path, self._acts(page), methods=["POST"]) for path, page in acting.items()),
        ]

    async def close(self) -> None:
        """Let go of connections and threads."""
        if self._clouds:
            await self._clouds.close()

    def _reads(self, page: Reading) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if refused := guard.foreign_host(request.headers.get("host", "")):
                return await self._error(request, 403, refused, f"Open {self._status()['console']} instead.")
            return await self._answered(request, page, self._visit(request, {}))

        return answer

    def _acts(self, page: Acting) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await _form(request)
            if refused := self._refused(request, form):
                return await self._error(request, 403, refused, "Nothing was done.")
            return await self._answered(request, page, self._visit(request, form))

        return answer

    async def _answered(
        self, request: Request, page: Callable[[Visit], Awaitable[Page | Gone]], visit: Visit
    ) -> Response:
        try:
            found = await page(visit)
        except NotThere as missing:
            return await self._error(request, 404, str(missing), "The lists on the left show what there is.")
        except Refused as refused:
            status = refused.status if 400 <= refused.status < 600 else 502
            return await self._error(
                request, status, refused.message, remedy(refused, visit.person.display), refused
            )
        if isinstance(found, Gone):
            return _go(found)
        return await self._render(request, found)

    async def _choose(self, request: Request) -> Response:
        form = await _form(request)
        if refused := self._refused(request, form):
            return await self._error(request, 403, refused, "You act as the same person as before.")
        names = [person.name for person in people(self._status())]
        if form.get("person") not in names:
            return await self._error(
                request,
                400,
                f"There is no {form.get('person', '')!r} here.",
                f"There are {', '.join(names)}.",
            )
        back = form.get("back", "/")
        # Only a path of ours: `//elsewhere` is a host to a browser.
        answer = _go(
            Gone(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", "person")
        )
        answer.set_cookie(COOKIE, form["person"], samesite="strict", httponly=True, path="/")
        return answer

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _STATIC or guard.foreign_host(request.headers.get("host", "")):
            return Response("no such file", 404)
        return FileResponse(_HERE / "static" / name, media_type=_STATIC[name], headers=dict(guard.HEADERS))

    def _refused(self, request: Request, form: Mapping[str, str]) -> str:
        host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
        person = chosen(people(self._status()), request.cookies.get(COOKIE, ""))
        return (
            guard.foreign_host(host)
            or guard.foreign_origin(request.url.scheme, host, origin)
            or guard.stale(self._secret, person.name, form.get("token", ""))
        )

    def _visit(self, request: Request, form: Mapping[str, str]) -> Visit:
        person = chosen(people(self._status()), request.cookies.get(COOKIE, ""))
        return Visit(person, self._reach(), request.path_params, request.query_params, form)

    def _reach(self) -> Clouds:
        if self._clouds is None:
            status = self._status()
            self._clouds = Clouds(
                Aws(status["aws"], status["region"]),
                AzureDevOps(status["azure_devops"]),
                Facts(status["console"]),
                status["accounts"],
                status["engine"],
            )
        return self._clouds

    async def _render(self, request: Request, page: Page) -> Response:
        status, clouds = self._status(), self._reach()
        known = people(status)
        person = chosen(known, request.cookies.get(COOKIE, ""))
        path = request.url.path
        here = f"{path}?{request.url.query}" if request.url.query else path
        values = {
            **page.values,
            "title": page.title,
            "sections": SECTIONS,
            "live": page.live,
            "last_fact": status["last_fact"],
            "person": person,
            "people": known,
            "accounts": status["accounts"],
            "organization": status["organization"],
            "engine": status["engine"],
            "token": guard.token(self._secret, person.name),
            "section": next((p for p, _ in SECTIONS[1:] if path.startswith(p)), "/" if path == "/" else ""),
            "here": here.replace("said=", "_="),
            "now": await clouds.facts.now(),
            "said": SAID.get(request.query_params.get("said", ""), ""),
        }
        return HTMLResponse(rendering.html(page.template, values), page.status, dict(guard.HEADERS))

    async def _error(
        self, request: Request, status: int, message: str, help_text: str, refused: Refused | None = None
    ) -> Response:
        values = {"message": message, "remedy": help_text, "refused": refused, "status": status}
        titles = {401: "Refused", 403: "Refused", 404: "Not there", 501: "Not simulated"}
        title = "Not there" if refused and refused.absent else titles.get(status, "That did not work")
        return await self._render(request, Page("error.html.jinja", values, title, status, live=False))


async def _form(request: Request) -> dict[str, str]:
    """The fields of a urlencoded form; a body that is too long is no form of ours, and gives none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=20))


def _go(gone: Gone) -> Response:
    mark = "&" if "?" in gone.path else "?"
    path = f"{gone.path}{mark}{urlencode({'said': gone.said})}" if gone.said else gone.path
    return RedirectResponse(path, 303, dict(guard.HEADERS))
