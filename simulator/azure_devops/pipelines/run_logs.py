"""The logs of runs: numbered files whose lines begin with their time, as the service stores them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.world import Kernel

KIND = "azure_devops.log"


class RunLogs:
    """The logs of one run; a log belongs to a record of the timeline."""

    def __init__(self, kernel: Kernel, run: int) -> None:
        self._kernel, self._run = kernel, run
        self._directory = kernel.store.directory / "azure_devops" / "logs" / str(run)

    def open(self, timeline: Timeline, record: str, keep: int = 0) -> LogWriter:
        """The log of a record, made on first use; what is there beyond the first `keep` lines is written over."""
        with self._kernel.store.transaction():
            row = timeline.get(record)
            number = row["log"] or len(self.rows()) + 1
            moment = self._kernel.clock.now()
            self._kernel.store.put(
                KIND,
                self._key(number),
                {"id": number, "record": record, "created": moment, "changed": moment},
            )
            timeline.update(record, log=number)
        self._directory.mkdir(parents=True, exist_ok=True)
        return LogWriter(self._kernel, self.path(number), self.lines(number)[:keep] if keep else ())

    def rows(self) -> list[Row]:
        """Every log of the run."""
        return [row for _, row in self._kernel.store.scan(KIND, f"{number_key(self._run)}/")]

    def find(self, number: str) -> Row | None:
        """The log of that number."""
        return self._kernel.store.get(KIND, self._key(int(number))) if number.isdecimal() else None

    def path(self, number: int) -> Path:
        """The file of a log."""
        return self._directory / f"{number}.log"

    def lines(self, number: int) -> list[str]:
        """The lines of a log so far, without line ends."""
        path = self.path(number)
        return path.read_text(errors="replace").split("\n")[:-1] if path.exists() else []

    def _key(self, number: int) -> str:
        return f"{number_key(self._run)}/{number_key(number)}"


class LogWriter:
    """Writes one log; each line is on disk when `line` returns. `written`: how many lines so far."""

    def __init__(self, kernel: Kernel, path: Path, kept: Sequence[str] = ()) -> None:
        self._clock = kernel.clock
        self.written = len(kept)
        self._file = path.open("w", buffering=1, errors="replace")
        self._file.write("".join(f"{line}\n" for line in kept))

    def line(self, text: str) -> None:
        """One line (or several), each with its time."""
        now = self._clock.now()
        moment = datetime.fromtimestamp(now, UTC)
        # The service writes seven decimals; six are ours, the seventh is a zero.
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        parts = text.split("\n")
        self.written += len(parts)
        self._file.write("".join(f"{stamp} {part}\n" for part in parts))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
