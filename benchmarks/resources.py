"""Create, describe and list at 1 and at many resources, over raw HTTP, against moto's server in the same run.

`python benchmarks/resources.py [--many 100000] [--asked 200]` prints medians in milliseconds and their ratios. Both
servers are processes of their own with the same resources (model package groups) put in before they serve; moto's is
the one that stands behind the simulator, at the installed version. Requests are the same bytes, one after another, on
one connection. The numbers are of one request at a time, not of a crowd.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import logging
import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACCOUNT, REGION = "222222222222", "us-east-1"
MOTO_ACCOUNT = "123456789012"  # whose it takes every key to be


def name(number: int) -> str:
    """The name of one resource."""
    return f"group-{number:06}"


def serve_ours(port: int, many: int) -> None:
    """The simulator, with `many` model package groups."""
    from simulator import app
    from simulator.aws.sagemaker import resources
    from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE_GROUP
    from simulator.kernel.world import Kernel
    from simulator.settings import Settings

    state = Path(tempfile.mkdtemp())
    kernel = Kernel.open(state)
    with kernel.store.transaction():
        for number in range(many):
            members = {"ModelPackageGroupDescription": "a group"}
            resources.insert(kernel, MODEL_PACKAGE_GROUP, f"{ACCOUNT}/{REGION}/{name(number)}", members)
        # A simulator that lived through their making has read these facts: that is not what is measured.
        kernel.store.connection.execute("DELETE FROM facts")
    kernel.store.close()
    settings = Settings(aws_port=port, azure_devops_port=0, console_port=0, state=state, engine="scripted")
    asyncio.run(app.run(settings))


def serve_moto(port: int, many: int) -> None:
    """Moto's server, with as many."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer
    from moto.sagemaker.models import sagemaker_backends

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request is no part of the result

    backend = sagemaker_backends[MOTO_ACCOUNT][REGION]
    for number in range(many):
        backend.create_model_package_group(name(number), "a group", [])
    ThreadedMotoServer(port=port, verbose=False).start()
    time.sleep(10**6)


class Caller:
    """One connection to a server, speaking SageMaker's protocol."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        credential = f"AWS4-HMAC-SHA256 Credential={key}/20260101/{REGION}/sagemaker/aws4_request"
        self._headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "Host": f"api.sagemaker.{REGION}.amazonaws.com",
            "Authorization": f"{credential}, SignedHeaders=host, Signature=0",
        }

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        """One request; raises where it is refused."""
        headers = {**self._headers, "X-Amz-Target": f"SageMaker.{operation}"}
        self._connection.request("POST", "/", json.dumps(members), headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{operation}: {answer.status} {body[:300]!r}")
        return dict(json.loads(body))


def median(asked: int, ask: Callable[[int], object]) -> float:
    """The median of `asked` requests, in milliseconds."""
    took = []
    for number in range(asked):
        started = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measured(caller: Caller, many: int, asked: int) -> dict[str, float]:
    """Medians of describe, list and create where `many` resources are."""
    some = name(many // 2)
    return {
        "describe": median(
            asked, lambda _: caller.ask("DescribeModelPackageGroup", ModelPackageGroupName=some)
        ),
        "list": median(asked, lambda _: caller.ask("ListModelPackageGroups", MaxResults=10)),
        "create": median(
            asked, lambda n: caller.ask("CreateModelPackageGroup", ModelPackageGroupName=f"new-{n}")
        ),
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(serve: Callable[[int, int], None], many: int) -> Iterator[int]:
    """The port of a server in a process of its own, once it answers."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port, many), daemon=True)
    process.start()
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if not process.is_alive():
                    raise SystemExit(f"{serve.__name__} did not start") from None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.join(10)


def key_of_the_operator() -> str:
    """The access key of the topology's operator, whose account the resources are in; moto takes any."""
    from simulator import topology

    return str(topology.load().person("operator").access_key_id)


def main() -> None:
    """Measure both at both sizes, and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--many", type=int, default=100_000)
    arguments.add_argument("--asked", type=int, default=200)
    chosen = arguments.parse_args()
    found: dict[tuple[str, int], dict[str, float]] = {}
    for many in (1, chosen.many):
        for label, serve in (("ours", serve_ours), ("moto", serve_moto)):
            with serving(serve, many) as port:
                found[label, many] = measured(Caller(port, key_of_the_operator()), many, chosen.asked)
    print(f"{'median ms of ' + str(chosen.asked):24}{'describe':>10}{'list':>10}{'create':>10}")
    for (label, many), took in found.items():
        print(f"{label + ' at ' + str(many):24}" + "".join(f"{took[each]:10.2f}" for each in took))
    for many in (1, chosen.many):
        ratios = {each: found["moto", many][each] / took for each, took in found["ours", many].items()}
        print(f"{'moto / ours at ' + str(many):24}" + "".join(f"{ratio:10.1f}" for ratio in ratios.values()))
    for label in ("ours", "moto"):
        flat = {each: took / found[label, 1][each] for each, took in found[label, chosen.many].items()}
        print(f"{label + ' at many / at 1':24}" + "".join(f"{ratio:10.1f}" for ratio in flat.values()))


if __name__ == "__main__":
    main()
