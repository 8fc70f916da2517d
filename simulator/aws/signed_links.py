"""Links that carry their own right for a while, as presigned S3 URLs do: a path, when it ends, and a signature.

Rooms say with `on` who answers paths that begin with a prefix; the gateway asks `answer` before anything else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from urllib.parse import quote, unquote, urlencode
from weakref import WeakKeyDictionary

from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.kernel.store import Store
from simulator.kernel.world import Kernel

Handler = Callable[[Incoming], Outgoing]
_handlers: WeakKeyDictionary[Kernel, dict[str, Handler]] = WeakKeyDictionary()


def on(kernel: Kernel, prefix: str, handler: Handler) -> None:
    """Say who answers requests whose path begins with `/prefix`; only those with a good signature reach it."""
    _handlers.setdefault(kernel, {})[f"/{prefix}"] = handler


def sign(kernel: Kernel, method: str, path: str, seconds: float) -> str:
    """`path?query` that is good for `method` for so many real seconds; `path` is not quoted yet."""
    expires = str(int(kernel.clock.wall() + seconds))
    quoted = quote(path)
    arguments = {"Expires": expires, "Signature": _signature(kernel.store, method, quoted, expires)}
    return f"{quoted}?{urlencode(arguments)}"


def answer(kernel: Kernel, request: Incoming) -> Outgoing | None:
    """The answer to a request for a signed link; None when it is none of them."""
    found = (
        handler for prefix, handler in _handlers.get(kernel, {}).items() if request.path.startswith(prefix)
    )
    handler = next(found, None)
    if handler is None:
        return None
    given = request.arguments()
    expires = given.get("Expires", "")
    expected = _signature(kernel.store, request.method, request.path, expires)
    if not hmac.compare_digest(expected.encode(), given.get("Signature", "").encode()):
        return _denied(
            "SignatureDoesNotMatch", "The request signature we calculated does not match the signature."
        )
    if int(expires) < kernel.clock.wall():
        return _denied("AccessDenied", "Request has expired")
    return handler(request)


def _signature(store: Store, method: str, path: str, expires: str) -> str:
    text = f"{method}\n{unquote(path)}\n{expires}"  # clients quote a path each in their own way
    return hmac.new(_secret(store), text.encode(), hashlib.sha256).hexdigest()


def _secret(store: Store) -> bytes:
    row = store.get("aws.link_secret", "secret")
    if row is None:
        row = {"secret": secrets.token_hex(32)}
        store.put("aws.link_secret", "secret", row)
    return bytes.fromhex(row["secret"])


def _denied(code: str, message: str) -> Outgoing:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Outgoing(403, (("content-type", "application/xml"),), body.encode())
