"""Memory of the server while a large repository is pushed and cloned: prints VmHWM before and after, in MiB.

Usage: python -m benchmarks.git_streaming [MEGABYTES]   (Linux; default 1024; needs about four times that on disk)
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path

from simulator.topology import load
from tests.azure_devops.conftest import working_copy
from tests.azure_devops.test_sigkill import Killable
from tests.azure_devops.test_smart_http import peak_kib

_FILE_MEGABYTES = 32


def main() -> None:
    """Push and clone a generated repository through a server in a process of its own."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0)) as probe:
        place, port = Path(directory), probe.getsockname()[1]
        probe.close()
        served = Killable(load(), port=port)
        served.serve(place, place / "images")
        try:
            git = working_copy(served, place)
            for number in range(megabytes // _FILE_MEGABYTES):
                (git.directory / f"{number}.bin").write_bytes(os.urandom(_FILE_MEGABYTES * 1024 * 1024))
            git("config", "core.compression", "0")
            git("config", "core.bigFileThreshold", "1m")
            git("config", "pack.window", "0")
            git.commit({"a.txt": "1"})
            print(f"before: {peak_kib(served.process.pid) / 1024:.0f} MiB")
            git("push", "-q", "origin", "main")
            print(f"after a push of {megabytes} MiB: {peak_kib(served.process.pid) / 1024:.0f} MiB")
            git("clone", "-q", "--bare", git.url(), str(place / "clone"))
            print(f"after a clone of it: {peak_kib(served.process.pid) / 1024:.0f} MiB")
        finally:
            served.kill()


if __name__ == "__main__":
    main()
