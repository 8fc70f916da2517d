"""The simulator's own HTTP interface: health, facts, time. It acts on the simulation, never as a person in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.kernel.world import Kernel

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]", "host.docker.internal")


def routes(kernel: Kernel, status: Callable[[], dict[str, Any]]) -> list[Route]:
    """Routes under `/_simulator/`."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ready", "service": "console"})

    async def facts(request: Request) -> Response:
        after = int(request.query_params.get("after", "0"))
        wait_seconds = min(50.0, float(request.query_params.get("wait", "0")))
        if wait_seconds:
            await kernel.log.wait(after, wait_seconds)
        limit = int(request.query_params.get("limit", "500"))
        return JSONResponse([asdict(fact) for fact in kernel.log.read(after, limit)])

    async def advance(request: Request) -> Response:
        seconds = float((await request.json())["seconds"])
        if seconds < 0:
            return JSONResponse({"message": "time can't go backwards"}, 400)
        await asyncio.shield(kernel.scheduler.advance(seconds))
        return JSONResponse({"now": kernel.clock.iso()})

    async def rest(_: Request) -> Response:
        await kernel.scheduler.rest()
        return JSONResponse({"now": kernel.clock.iso()})

    async def current(_: Request) -> Response:
        return JSONResponse({**status(), "now": kernel.clock.iso(), "running": kernel.activity.running()})

    return [
        Route("/_simulator/health", health),
        Route("/_simulator/facts", _local(facts)),
        Route("/_simulator/advance", _local(advance), methods=["POST"]),
        Route("/_simulator/rest", _local(rest), methods=["POST"]),
        Route("/_simulator/status", _local(current)),
    ]


def _local(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Reading is guarded like acting: the status holds everybody's keys, and a stranger's DNS name may point here."""

    async def guarded(request: Request) -> Response:
        return _refuse_foreign(request) or await answer(request)

    return guarded


def _refuse_foreign(request: Request) -> Response | None:
    """Only pages of this machine may ask: the Host must be local, and an Origin too where there is one."""
    host = request.headers.get("host", "").rsplit(":", 1)[0]
    origin = request.headers.get("origin", "")
    local_origin = not origin or any(
        origin.split("://")[-1].rsplit(":", 1)[0] == name for name in _LOCAL_NAMES
    )
    if host in _LOCAL_NAMES and local_origin:
        return None
    return JSONResponse(
        {"message": f"refused: {host or 'no Host'} / {origin or 'no Origin'} is not this machine"}, 403
    )
