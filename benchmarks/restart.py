"""How long a killed simulator takes to be back with many S3 objects, against a moto server that starts with none."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

BUCKET = "many"


@dataclass(frozen=True)
class Started:
    """A server that is up, and the seconds from its exec to its health and to its first S3 answer."""

    process: subprocess.Popen[bytes]
    health: float
    first_answer: float


class Place:
    """Where the simulator keeps its state and listens, the same each time it starts."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self.ports = free_ports(3)

    @property
    def command(self) -> list[str]:
        """How the simulator starts here."""
        names = ("--aws-port", "--azure-devops-port", "--console-port")
        options = [word for name, port in zip(names, self.ports, strict=True) for word in (name, str(port))]
        return [sys.executable, "-m", "simulator.cli", "up", "--state", str(self.state), *options]


def start(command: list[str], port: int, health: str, first: str) -> Started:
    """Start a server, and ask until it answers; `first` is the S3 operation whose answer counts."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(health):
            if process.poll() is not None:
                raise SystemExit(f"{command} ended with {process.returncode}")
            time.sleep(0.005)
        healthy = time.perf_counter() - began
        parameters = {} if first == "list_buckets" else {"Bucket": BUCKET, "MaxKeys": 1}
        getattr(s3_client(port), first)(**parameters)
    except BaseException:
        process.kill()
        raise
    return Started(process, healthy, time.perf_counter() - began)


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code < 500
    except httpx.TransportError:
        return False


def s3_client(port: int) -> Any:
    """A real boto3 client; making the first of a process takes a while, so one is made before anything is measured."""
    config = Config(
        retries={"max_attempts": 0}, read_timeout=120, request_checksum_calculation="when_required"
    )
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
        config=config,
    )


def fill(port: int, count: int) -> None:
    """Objects in versions, by one client after another."""
    s3 = s3_client(port)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for number in range(count):
        s3.put_object(Bucket=BUCKET, Key=f"data/{number:06}", Body=b"x" * 100)


def free_ports(count: int) -> list[int]:
    """Ports that were free just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def killed(started: Started) -> Iterator[Started]:
    """SIGKILL at the end, and wait for it."""
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def simulator(place: Place) -> Started:
    """The simulator over its state; the first answer is a listing of the objects."""
    health = f"http://127.0.0.1:{place.ports[2]}/_simulator/health"
    known = "list_objects_v2" if place.state.exists() else "list_buckets"
    return start(place.command, place.ports[0], health, known)


def peer() -> Started:
    """A moto server of its own process, with nothing in it."""
    (port,) = free_ports(1)
    command = [str(Path(sys.executable).parent / "moto_server"), "-p", str(port)]
    return start(command, port, f"http://127.0.0.1:{port}/moto-api/", "list_buckets")


def main() -> int:
    """Print the seconds of each start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="simulator-restart-") as directory:
        measure(Place(Path(directory)), options.objects, options.repeat)
    return 0


def measure(place: Place, objects: int, repeat: int) -> None:
    """Fill a simulator, kill it, and start it again beside its peer, `repeat` times."""
    s3_client(place.ports[0])
    print(f"cores {os.cpu_count()}, load {os.getloadavg()[0]:.1f}\n")
    with killed(simulator(place)) as first:
        tell("the simulator, nothing kept", first)
        began = time.perf_counter()
        fill(place.ports[0], objects)
        seconds = time.perf_counter() - began
        print(f"{objects} objects put in {seconds:.0f} s: {objects / seconds:.0f} a second\n")
    for _ in range(repeat):
        with killed(simulator(place)) as again:
            tell(f"the simulator, killed with {objects} objects", again)
        with killed(peer()) as other:
            tell("moto_server, nothing kept", other)


def tell(what: str, started: Started) -> None:
    """One line."""
    print(
        f"{what:45} health {started.health:5.2f} s   first S3 answer {started.first_answer:5.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
