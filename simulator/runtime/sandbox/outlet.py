"""The first process of a container whose network others share: relays to the simulator and to services, nothing else.

The simulator's ends are socket files in /run/simulator/ends, named by the port that the containers see. Each argument
`PORT=HOST:PORT` is a service of the network that /run/simulator/work/services/PORT leads to. The pipe
/run/simulator/work/started says that all listen.
"""

# ruff: noqa: PTH101, PTH123, PTH208
from __future__ import annotations

import os
import signal

from simulator.runtime.sandbox.relays import RESTART_PATIENCE_SECONDS, accept, connect, in_thread, listen

ENDS, OWN = "/run/simulator/ends", "/run/simulator/work"
SERVICE_PATIENCE_SECONDS = 5.0


def keep(services: list[str]) -> None:
    """Relay until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    for port in sorted(os.listdir(ENDS)):
        in_thread(
            accept, listen(int(port)), lambda port=port: connect(f"{ENDS}/{port}", RESTART_PATIENCE_SECONDS)
        )
    for service in services:
        number, _, address = service.partition("=")
        host, _, port = address.rpartition(":")
        listener = listen(f"{OWN}/services/{number}")
        os.chmod(
            f"{OWN}/services/{number}", 0o777
        )  # the simulator may be another user than the container's root
        in_thread(
            accept,
            listener,
            lambda host=host, port=port: connect((host, int(port)), SERVICE_PATIENCE_SECONDS),
        )
    with open(f"{OWN}/started", "w", encoding="ascii") as pipe:
        pipe.write("started")
    while True:
        signal.pause()
