"""Lambda's tasks: what goes on after an answer was given."""

from __future__ import annotations

from simulator.aws.tasks import Tasks

_LAMBDA = Tasks("lambda")
spawn, stop = _LAMBDA.spawn, _LAMBDA.stop
