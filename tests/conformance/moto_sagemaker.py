"""Runs moto's own tests of SageMaker, unmodified, in server mode against the simulator, from a checkout given by path.

    python -m tests.conformance.moto_sagemaker CHECKOUT [-k EXPRESSION]

CHECKOUT is a working tree of getmoto/moto. A test begins and ends with a reset, which moto's server has and a cloud has
not: here it is a new simulator behind the same port, with what the tests name and an account would have beforehand.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.conformance.suite import accepted, counted, python_with, run_tests
from tests.wire import RunningSimulator

REQUIREMENTS = ("moto[all]>=5.2.5,<6", "pytest<9", "freezegun", "requests")
TESTS = "tests/test_sagemaker"
DIFFERENCES = Path(__file__).with_name("moto_sagemaker_differences.tsv")
TOPOLOGY = Path(__file__).with_name("moto_topology.yaml")
OBJECTS = (
    ("MyBucket", "model.tar.gz"),
    *(
        ("my-bucket", f"sagemaker/DEMO-breast-cancer-prediction//{channel}/1")
        for channel in ("train", "validation")
    ),
    *(("my-bucket", f"{prefix}/processing/1") for prefix in ("sagemaker", "my-prefix")),
)
"""What the tests' models and jobs read, and no test writes."""
LIFECYCLE = "FakeLifecycleConfigName"
"""The lifecycle configuration that a notebook instance of the tests names."""
_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


def main(arguments: list[str] | None = None) -> int:
    """Run the tests and print the counts; 0 when nothing failed that is not in the table of differences."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("-k", dest="expression", default="")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, server() as url:
        command = [str(python_with(REQUIREMENTS)), "-m", "pytest", "-q", "-W", "ignore", TESTS]
        command += ["-k", chosen.expression] if chosen.expression else []
        environment = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": url}
        results = run_tests(command, chosen.checkout, Path(folder) / "report.xml", environment)
    differences = accepted(DIFFERENCES)
    print(counted(results, differences, lambda test: test.split("::")[0].removeprefix(f"{TESTS}/")))
    passed = sum(each.status == "passed" for each in results)
    print(f"{passed} of {sum(each.status != 'skipped' for each in results)} passed")
    return int(any(each.status == "failed" and each.test not in differences for each in results))


def programs() -> ScriptedEngine:
    """What runs in the images that the tests name: servers are healthy, and a program without a script goes on."""
    engine = ScriptedEngine()
    engine.script("*", Script(answer=lambda request: Answer(200, {}, b"")))
    engine.script("scikit_learn", Script(held=True), command=("python3",))
    return engine


def archive() -> bytes:
    """A model.tar.gz with nothing in it."""
    buffer = io.BytesIO()
    tarfile.open(fileobj=buffer, mode="w:gz").close()
    return buffer.getvalue()


def prepare(running: RunningSimulator) -> None:
    """Make what the tests name and an account would have beforehand."""
    s3 = running.client("s3")
    for bucket in sorted({bucket for bucket, _ in OBJECTS}):
        s3.create_bucket(Bucket=bucket)
    for bucket, key in OBJECTS:
        s3.put_object(Bucket=bucket, Key=key, Body=archive())
    running.client("sagemaker").create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=LIFECYCLE
    )


@contextmanager
def server() -> Iterator[str]:
    """The URL of a simulator that `POST /moto-api/reset` replaces by a new one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as front:
        front.daemon_threads = True
        threading.Thread(target=front.serve_forever, daemon=True).start()
        Handler.replace()
        yield f"http://127.0.0.1:{front.server_port}"
        front.shutdown()
        Handler.end()


class Handler(BaseHTTPRequestHandler):
    """Passes a request on to the simulator of the moment, or replaces it."""

    protocol_version = "HTTP/1.1"
    running: RunningSimulator | None = None
    client = httpx.Client(trust_env=False, timeout=90)

    @classmethod
    def replace(cls) -> None:
        """A simulator that knows nothing yet."""
        cls.end()
        cls.running = RunningSimulator(topology=TOPOLOGY, engine=programs())
        prepare(cls.running)

    @classmethod
    def end(cls) -> None:
        """No simulator."""
        if cls.running:
            cls.running.stop()
        cls.running = None

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/moto-api/reset"):
            self.replace()
            self._send(200, {}, b"")
            return
        assert self.running
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP]
        url = f"{self.running.aws_url}{self.path}"
        got = self.client.request(self.command, url, headers=headers, content=body)
        self._send(got.status_code, dict(got.headers), got.content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: pytest prints what matters."""


if __name__ == "__main__":
    sys.exit(main())
