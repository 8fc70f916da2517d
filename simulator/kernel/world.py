"""The kernel as one value: what every room is handed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.kernel.activity import Activity
from simulator.kernel.clock import Clock
from simulator.kernel.ids import Ids
from simulator.kernel.log import Log
from simulator.kernel.outbound import Outbound, Route
from simulator.kernel.scheduler import Scheduler
from simulator.kernel.store import Store


@dataclass(frozen=True)
class Kernel:
    """Clock, store, log, timers, ids, activity and the door."""

    clock: Clock
    store: Store
    log: Log
    scheduler: Scheduler
    ids: Ids
    activity: Activity
    outbound: Outbound

    @classmethod
    def open(
        cls,
        directory: Path | None = None,
        *,
        seed: int | None = None,
        routes: tuple[Route, ...] = (),
        allowed_hosts: tuple[str, ...] = (),
        time_scale: float = 1.0,
    ) -> Kernel:
        """Open the state in `directory`, or an ephemeral one; virtual time is as far ahead as it last was."""
        store = Store(directory)
        saved = store.get("kernel.clock", "offset") or {"offset": 0.0}
        opened = (store.get("kernel.opened", "times") or {"times": 0})["times"]
        store.put("kernel.opened", "times", {"times": opened + 1})
        # The same seed in the next process must not give the same ids again.
        clock, activity = Clock(saved["offset"], scale=time_scale), Activity()
        ids = Ids(None if seed is None else seed + opened * 1_000_003)
        log = Log(store, clock, activity)
        scheduler = Scheduler(store, clock, log, ids, activity)
        return cls(clock, store, log, scheduler, ids, activity, Outbound(routes, allowed_hosts))

    def start(self) -> None:
        """Begin to feed consumers and to fire timers; needs a running event loop."""
        self.log.start()
        self.scheduler.start()

    async def close(self) -> None:
        """Stop in order and close the store."""
        self.store.put("kernel.clock", "offset", {"offset": self.clock.gained()})
        await self.scheduler.stop()
        await self.log.stop()
        await self.outbound.close()
        self.store.close()
