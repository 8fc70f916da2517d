"""Training on several hosts: the first of them tells the others where to meet, and each brings its own rows."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TRACKER_PORT = int(os.environ.get("DMLC_TRACKER_PORT", "9099"))
MEETING_SECONDS = 300


@dataclass(frozen=True)
class Cluster:
    """The hosts of a training job and which of them this is."""

    hosts: tuple[str, ...]
    current: str

    @classmethod
    def of(cls, configured: Mapping[str, Any]) -> Cluster:
        """From resourceconfig.json."""
        current = configured.get("current_host", "algo-1")
        return cls(tuple(sorted(configured.get("hosts", [current]))), current)

    @property
    def is_master(self) -> bool:
        """Whether this host saves the model."""
        return self.current == self.hosts[0]

    @contextlib.contextmanager
    def joined(self, xgboost: Any) -> Iterator[None]:
        """Within it, XGBoost adds up what all hosts see; nothing happens where there is one."""
        if len(self.hosts) == 1:
            yield
            return
        address = address_of(self.hosts[0])
        tracker = self._tracker(address) if self.is_master else None
        wait_for(address)
        with xgboost.collective.CommunicatorContext(
            dmlc_tracker_uri=address, dmlc_tracker_port=TRACKER_PORT, dmlc_task_id=self.current
        ):
            yield
        if tracker is not None:
            tracker.join(MEETING_SECONDS)

    def _tracker(self, address: str) -> threading.Thread:
        from xgboost.tracker import RabitTracker

        tracker = RabitTracker(n_workers=len(self.hosts), host_ip=address, port=TRACKER_PORT, sortby="task")
        tracker.start()
        waiting = threading.Thread(target=tracker.wait_for, daemon=True)
        waiting.start()
        return waiting


def address_of(host: str) -> str:
    """The address of a host, which may be known late."""
    until = time.monotonic() + MEETING_SECONDS
    while True:
        try:
            return socket.gethostbyname(host)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def wait_for(address: str) -> None:
    """Returns when the first host listens."""
    until = time.monotonic() + MEETING_SECONDS
    while True:
        try:
            socket.create_connection((address, TRACKER_PORT), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
