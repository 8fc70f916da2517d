"""Runs a reference model's program in a process of its own, on a folder that stands for /opt/ml."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "reference_models"
ABALONE = MODELS.parent / "fixtures" / "data" / "abalone" / "abalone-dataset.csv"


@dataclass(frozen=True)
class Reply:
    """What the container answered."""

    status: int
    content_type: str
    body: bytes


@dataclass
class Container:
    """One image and one /opt/ml."""

    image: str
    base: Path
    environment: dict[str, str] = field(default_factory=dict)

    def configure(self, **files: dict) -> None:
        """Writes input/config/NAME.json."""
        directory = self.base / "input" / "config"
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (directory / f"{name}.json").write_text(json.dumps(content))

    def put(self, path: str, text: str) -> Path:
        """Writes a file under /opt/ml."""
        target = self.base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def variables(self) -> dict[str, str]:
        """A container's environment holds nothing of this machine's but the search path."""
        own = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "SAGEMAKER_BASE_DIR": str(self.base)}
        own["SM_STUDIO_LOCAL_MODE"] = "true"  # the toolkit's own way not to wait until algo-1 has an address
        return own | {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"} | self.environment

    def command(self, *arguments: str) -> list[str]:
        """The image's entry point with arguments."""
        described = json.loads((MODELS / self.image / "image.json").read_text())
        shares = {f"/opt/{each}/": f"{MODELS / each}/" for each in described.get("shares", ())}
        places = shares | {"/opt/program": str(MODELS / self.image / "program")}
        words = described["entrypoint"][1:]
        for inside, outside in places.items():
            words = [word.replace(inside, outside) for word in words]
        return [sys.executable, *words, *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs to the end; stdout holds stderr too."""
        return subprocess.run(
            self.command(*arguments),
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )

    def failure(self) -> str:
        """The text that would become the failure reason."""
        return (self.base / "output" / "failure").read_text()

    @contextlib.contextmanager
    def serving(self) -> Iterator["Client"]:
        """A server on a free port, told to end by SIGTERM."""
        process = subprocess.Popen(
            self.command("serve"),
            env=self.variables() | {"SAGEMAKER_BIND_TO_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line.startswith("serving on port "), f"the container did not start: {line!r}"
            client = Client(int(line.split()[-1]))
            yield client
            client.close()
        finally:
            process.terminate()
            code = process.wait(timeout=20)
            process.stdout.close()
        assert code == 0, f"SIGTERM ended the server with {code}"


class Client:
    """One kept-alive connection to a serving container."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> Reply:
        """A GET."""
        self._connection.request("GET", path)
        return self._reply()

    def invoke(self, body: str | bytes, content_type: str = "text/csv", accept: str = "") -> Reply:
        """One inference."""
        headers = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
        content = body.encode() if isinstance(body, str) else body
        self._connection.request("POST", "/invocations", content, headers)
        return self._reply()

    def _reply(self) -> Reply:
        response = self._connection.getresponse()
        return Reply(response.status, response.headers.get("Content-Type", ""), response.read())

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def source_archive(path: Path, **files: str) -> Path:
    """A sourcedir.tar.gz with some files (`train_py` becomes train.py)."""
    folder = path.parent / "source"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("_py", ".py")).write_text(text)
    with tarfile.open(path, "w:gz") as tar:
        for file in folder.iterdir():
            tar.add(file, arcname=file.name)
    return path


def encoded_abalone(rows: slice) -> str:
    """Rows of the data as the XGBoost image takes them: label, measurements, one column a sex."""
    lines = []
    for line in ABALONE.read_text().splitlines()[rows]:
        sex, *measures, rings = line.split(",")
        lines.append(",".join([rings, *measures, *(str(float(sex == known)) for known in "FIM")]))
    return "\n".join(lines) + "\n"
