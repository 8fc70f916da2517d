"""What who proves nobody gets: 401 with challenges, 302 to the sign-in page, or 203 with that page.

The service tells clients from browsers by `X-TFS-FedAuthRedirect: Suppress`, which every official client sends. Without
it a GET without credentials is sent to sign in, and one with a password that is nobody's token is shown the sign-in
page (203). A token that was good and has ended is told so. Texts of the page are ours.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from simulator.azure_devops.identify import Ended

SIGN_IN = "_signin"
_PAGE = (
    "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head>"
    "<body><h1>Sign in</h1><p>Use a personal access token.</p></body></html>"
)


def refusal(url: str, request: Request, path: str, ended: Ended | None = None) -> Response:
    """The answer to a request without a caller; `url` is the organization's, `ended` says what its token was."""
    suppressed = request.headers.get("x-tfs-fedauthredirect", "").lower() == "suppress"
    if ended is not None:
        return _challenged(Response(f"Access Denied: {ended.why}", 401, media_type="text/html"), url)
    if suppressed or request.method != "GET" or "_git/" in path:
        return _challenged(Response(None, 401), url)
    given = request.headers.get("authorization", "")
    if given:
        return page(203) if given.lower().startswith("basic ") else _challenged(Response(None, 401), url)
    target = f"{url}/{SIGN_IN}?realm={quote(request.url.hostname or '')}&reply_to={quote(str(request.url), safe='')}"
    return _challenged(RedirectResponse(target, 302), url)


def page(status: int) -> Response:
    """The sign-in page."""
    return HTMLResponse(_PAGE, status)


def _challenged(response: Response, url: str) -> Response:
    """The challenges of the real service, one a scheme."""
    response.headers.append("WWW-Authenticate", f'Bearer authorization_uri="{url}"')
    response.headers.append("WWW-Authenticate", f'Basic realm="{url}/"')
    response.headers.append("WWW-Authenticate", "TFS-Federated")
    return response
