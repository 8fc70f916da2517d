"""The headers that every answer of the service carries, as recordings show them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from simulator.azure_devops.identify import Caller
from simulator.azure_devops.identities import stable_id

# Those of Azure Front Door, which stands before the service, are left out.
_ALWAYS = {
    "access-control-expose-headers": "Request-Context",
    "p3p": (
        'CP="CAO DSP COR ADMa DEV CONo TELo CUR PSA PSD TAI IVDo OUR SAMi BUS DEM NAV STA UNI COM INT PHY ONL FIN PUR'
        ' LOC CNT"'
    ),
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "x-vss-senderdeploymentid": stable_id("deployment"),
    "x-tfs-processid": stable_id("process"),
    "request-context": f"appId=cid-v1:{stable_id('application')}",
}
_NOT_CACHED = {"cache-control": "no-cache", "pragma": "no-cache", "expires": "-1"}


def complete(
    response: Response, asked: Mapping[str, str], activity: str, session: str, who: Caller | None
) -> None:
    """Add them: `asked` are the request's headers, whose session and end-to-end ids are echoed."""
    for name, value in (_ALWAYS | _NOT_CACHED).items():
        response.headers.setdefault(name, value)
    response.headers["activityid"] = activity
    response.headers["x-tfs-session"] = _echo(asked, "x-tfs-session") or session
    response.headers["x-vss-e2eid"] = _echo(asked, "x-vss-e2eid") or activity
    if who is not None and who.identity.id:
        # A header is Latin-1: what a name has beyond it is dropped.
        name = who.identity.unique_name.encode("latin-1", "ignore").decode("latin-1")
        response.headers["x-vss-userdata"] = f"{who.identity.id}:{name}"


def _echo(asked: Mapping[str, str], name: str) -> str:
    return "".join(letter for letter in asked.get(name, "") if letter.isalnum() or letter in "-{}")[:64]
