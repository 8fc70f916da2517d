"""The mutations: each breaks one link of the demonstration on purpose, to show that the demonstration notices."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from simulator.harness.demo.links import Demo

_PIPELINE = Path("pipelines/abalone/pipeline.py")
_AZURE_PIPELINES = Path("azure-pipelines.yml")
_ENDPOINT = Path("templates/endpoint.yaml")
_BASE_SCORE = re.compile(rb"(base_score[^0-9]{2,16})(\d)")


@dataclass(frozen=True)
class Mutation:
    """`act` breaks the world just before the link `before`; the link `breaks` is the one that must fail."""

    before: str
    breaks: str
    act: Callable[[Demo], None]


def training_raises(demo: Demo) -> None:
    """A hyperparameter that the training algorithm refuses."""
    _edit(demo, "model_build", _PIPELINE, r'"max_depth": "5"', '"max_depth": "deep"')


def impossible_threshold(demo: Demo) -> None:
    """A limit on the error that no model can keep."""
    _edit(demo, "model_build", _AZURE_PIPELINES, r"value: '6.0'", "value: '0.0001'")


def wrong_token(demo: Demo) -> None:
    """The connection of the approval rule gets a personal access token that Azure DevOps doesn't know."""
    demo.world.people["eventbridge"]["personal_access_token"] = "wrong" * 10


def swapped_artefact(demo: Demo) -> None:
    """Another model in the place of the registered one: somebody with the right to write wrote there."""
    automation = demo.world.aws(account="automation")
    package = automation.client("sagemaker").describe_model_package(ModelPackageName=demo.package)
    place = urlsplit(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
    where = {"Bucket": place.netloc, "Key": place.path.lstrip("/")}
    s3 = automation.client("s3")
    s3.put_object(**where, Body=_another_model(s3.get_object(**where)["Body"].read()))


def unknown_type(demo: Demo) -> None:
    """A resource type that no CloudFormation knows, in the template of the endpoint."""
    _edit(
        demo,
        "model_deploy",
        _ENDPOINT,
        r"^Resources:\n",
        "Resources:\n  Wish:\n    Type: AWS::SageMaker::CrystalBall\n\n",
    )


MUTATIONS = {
    "training-raises": Mutation("push and merge", "model build", training_raises),
    "impossible-threshold": Mutation("push and merge", "model build", impossible_threshold),
    "wrong-token": Mutation("accounts and data", "approval", wrong_token),
    "swapped-artefact": Mutation("approval", "model quality", swapped_artefact),
    "unknown-type": Mutation("deploy repository", "staging", unknown_type),
}


def _edit(demo: Demo, repository: str, path: Path, pattern: str, replacement: str) -> None:
    """Change a file of the demonstration's copy of the fixtures, and of working copies that people have already."""
    roots = [demo.world.fixtures / "repos" / repository, *demo.world.directory.glob(f"*/{repository}")]
    for root in roots:
        text, count = re.subn(pattern, replacement, (root / path).read_text(), flags=re.MULTILINE)
        if not count:
            raise AssertionError(f"{path} holds nothing like {pattern!r}")
        (root / path).write_text(text)


def _another_model(archive: bytes) -> bytes:
    """The archive with a model that loads and predicts, but from another base: the first digit of `base_score`."""
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=made, mode="w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            body = _BASE_SCORE.sub(_other_digit, content.read()) if content else b""
            member.size = len(body)
            new.addfile(member, io.BytesIO(body))
    return made.getvalue()


def _other_digit(found: re.Match[bytes]) -> bytes:
    return found[1] + (b"2" if found[2] == b"1" else b"1")
