"""Serves with the user's own inference.py by AWS's toolkit, sagemaker-inference: model_fn, input_fn and their kin."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from urllib.parse import urlparse

from contract.layout import Layout
from contract.web import Answer, Invoke

PROGRAM, SOURCE = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
DEFAULT_PROGRAM, DEFAULT_TYPE = "inference.py", "application/json"


def bring(layout: Layout) -> bool:
    """Whether the model brings code: named by SAGEMAKER_PROGRAM, or code/inference.py; it is importable from then on.

    The SDK's `estimator.deploy()` leaves the code in S3 and says where in SAGEMAKER_SUBMIT_DIRECTORY: it is fetched.
    """
    for name in (PROGRAM, SOURCE):  # the SDK of old quoted them
        if name in os.environ:
            os.environ[name] = os.environ[name].strip('"')
    if os.environ.get(SOURCE, "").startswith("s3://"):
        fetch(os.environ[SOURCE], layout.code)
    directory = find(layout, os.environ.get(PROGRAM) or DEFAULT_PROGRAM)
    if directory is None:
        return False
    install_requirements(directory)
    sys.path.insert(0, str(directory))
    return True


def find(layout: Layout, program: str) -> Path | None:
    """The folder that holds the user's file; None where there is none."""
    places = (layout.model / "code", layout.code, layout.model)
    return next((each for each in places if (each / program).is_file()), None)


def fetch(source: str, directory: Path) -> None:
    """Unpacks sourcedir.tar.gz from S3 into `directory`."""
    import boto3

    directory.mkdir(parents=True, exist_ok=True)
    address, archive = urlparse(source), directory.parent / "sourcedir.tar.gz"
    boto3.client("s3").download_file(address.netloc, address.path.lstrip("/"), str(archive))
    with tarfile.open(archive) as tar:
        # Python 3.11.4 and newer; before that (Debian 12 has 3.11.2) the attribute means nothing.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(directory)


def install_requirements(directory: Path) -> None:
    """Installs the user's requirements.txt, if there is one."""
    requirements = directory / "requirements.txt"
    if requirements.is_file():
        subprocess.run([sys.executable, "-m", "pip", "install", "-r", str(requirements)], check=True)


@dataclass
class Request:
    """One request as the toolkit's transformer asks for it, and what it says of the answer."""

    headers: dict[str, str]
    model_directory: str
    content_type: str = ""
    status: int = 200

    @property
    def system_properties(self) -> dict[str, str]:
        """Where the model is."""
        return {"model_dir": self.model_directory}

    @property
    def request_processor(self) -> list[Request]:
        """The model server's own way to the headers."""
        return [self]

    def get_request_properties(self) -> dict[str, str]:
        """The headers."""
        return self.headers

    def set_response_content_type(self, _: int, value: str) -> None:
        """What the answer is."""
        self.content_type = value

    def set_response_status(self, code: int, phrase: str) -> None:
        """An error's status; its text is in the answer."""
        self.status = int(code)


def invoker(layout: Layout, image: ModuleType | None) -> Invoke:
    """The user's functions over the image's defaults; the model is loaded now, so a bad one fails the start."""
    from sagemaker_inference.transformer import Transformer

    transformer = Transformer(image.Defaults() if image is not None else None)
    directory = str(layout.model)
    transformer.validate_and_initialize(directory)

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        request = Request({"Content-Type": content_type or DEFAULT_TYPE, "Accept": accept}, directory)
        content = transformer.transform([{"body": body}], request)[0]
        encoded = bytes(content) if isinstance(content, bytes | bytearray) else str(content).encode()
        if request.status == 200:
            return Answer(encoded, request.content_type)
        print(encoded.decode(errors="replace"), file=sys.stderr, flush=True)
        return Answer(encoded, "text/plain", request.status)

    return invoke
