"""SageMaker's tasks: what goes on after an answer was given, and waiting for rows to rest."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.resources import arn_of, fetch
from simulator.aws.tasks import Tasks
from simulator.kernel.world import Kernel

_SAGEMAKER = Tasks("sagemaker")
spawn, finished, stop = _SAGEMAKER.spawn, _SAGEMAKER.finished, _SAGEMAKER.stop
running = _SAGEMAKER.running


async def at_rest(kernel: Kernel, kind: Kind, key: str) -> Row:
    """The row when its state is none of those in progress."""
    with kernel.log.watching(arn_of(kind, key)) as news:
        while True:
            news.clear()
            row = fetch(kernel, kind, key)
            if row.get(kind.status_member) not in kind.in_progress:
                return row
            await news.wait()
