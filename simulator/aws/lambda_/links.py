"""The links by which clients fetch the archive of a function or layer, for ten minutes."""

from __future__ import annotations

from simulator.aws import signed_links
from simulator.aws.lambda_ import code
from simulator.aws.lambda_.names import Named
from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.kernel.world import Kernel

PREFIX = "awslambda-"
_SECONDS = 600


def of_code(kernel: Kernel, function: Named, digest: str, origin: str) -> str:
    """A presigned link at `origin`, in the form of AWS's bucket of function code."""
    path = f"/{PREFIX}{function.region}-tasks/snapshots/{function.account}/{function.name}-{digest}"
    return origin + signed_links.sign(kernel, "GET", path, _SECONDS)


def serve(kernel: Kernel) -> None:
    """Answer these links."""

    def archive(request: Incoming) -> Outgoing:
        digest = request.path.rsplit("-", 1)[-1]
        return Outgoing(200, (("content-type", "application/zip"),), code.blob(kernel.store, digest))

    signed_links.on(kernel, PREFIX, archive)
