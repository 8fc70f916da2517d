"""Runs the SageMaker Python SDK's own integration tests, unmodified, from a checkout given by path.

    python -m tests.conformance.sagemaker_sdk CHECKOUT [suite ...] [--engine process] [-k EXPRESSION] [--workers N]

CHECKOUT is a working tree of aws/sagemaker-python-sdk at a tag v2.257.*. Without names all suites run.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from pathlib import Path

import boto3
import yaml

from simulator.shipped_folders import shipped
from simulator.topology import load
from tests.conformance.docker_stand_in import docker_stand_in
from tests.conformance.suite import Ports, accepted, counted, python_with, run_tests, simulator

ROLE = "SageMakerRole"
"""The execution role that the tests name; in AWS's own test account it exists beforehand."""
REGION = "us-west-2"
"""The region that the tests name."""
SEED_CODE = f"sagemaker-servicecatalog-seedcode-{REGION}"
"""A public bucket of AWS, from which the tests take the Abalone data; here it holds ours, which are the same rows."""
IMAGES = {
    "033110030271.dkr.ecr.us-west-2.amazonaws.com/remote-function-dummy-container": "base_python",
}
"""What stands in for the images that fixtures build (see docker_stand_in)."""
SUITES = {
    "workflow": ("tests/integ/sagemaker/workflow",),
    "model package": ("tests/integ/test_model_package.py",),
    "lineage": ("tests/integ/sagemaker/lineage",),
    "experiments": ("tests/integ/sagemaker/experiments",),
    "processing": ("tests/integ/test_processing.py",),
    "tuner": ("tests/integ/test_tuner.py", "tests/integ/test_tuner_multi_algo.py"),
    "transformer": ("tests/integ/test_transformer.py",),
    "xgboost": ("tests/integ/test_xgboost.py",),
}
REQUIREMENTS = (
    "sagemaker[local]==2.257.6", "pytest<9", "pytest-timeout", "pytest-xdist", "pytest-rerunfailures", "mock", "stopit",
    "awslogs", "setuptools<72", "docker", "scikit-learn", "xgboost-cpu>=3", "pandas", "numpy", "cloudpickle",
    "nbformat", "build", "pyvis", "flask", "deepdiff", "jsonpickle", "sagemaker-experiments",
    "beautifulsoup4",
)  # fmt: skip
SKIPS = Path(__file__).with_name("sagemaker_sdk_skips.tsv")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {
                "Service": [
                    f"{each}.amazonaws.com" for each in ("sagemaker", "lambda", "scheduler", "events")
                ],
                "AWS": "arn:aws:iam::{account}:root",
            },
        }
    ],
}


def main(arguments: list[str] | None = None) -> int:
    """Run the suites and print the counts; 0 when nothing failed that is not accepted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument(
        "suites", nargs="*", help=f"of {', '.join(SUITES)}; or paths of tests in the checkout"
    )
    parser.add_argument("--engine", default="process")
    parser.add_argument("-k", dest="expression", default="")
    parser.add_argument("--workers", default="0")
    parser.add_argument("--timeout", default="900", help="seconds that one test may take")
    parser.add_argument("--log", type=Path, help="a file for what the simulator prints")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        log = chosen.log or Path(folder) / "simulator.log"
        topology = topology_with_images(Path(folder) / "topology.yaml")
        with docker_stand_in() as docker, simulator(chosen.engine, log, topology) as ports:
            prepare(ports)
            report = Path(folder) / "report.xml"
            paths = [path for name in chosen.suites or SUITES for path in SUITES.get(name, (name,))]
            command = [*pytest_command(ports), *paths, "-n", chosen.workers, "--timeout", chosen.timeout]
            command += ["-k", chosen.expression] if chosen.expression else []
            environment = {
                "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
                "DOCKER_HOST": docker,
                "PATH": with_suite_first(),
            }
            results = run_tests(command, chosen.checkout, report, environment)
    skips = accepted(SKIPS)
    print(counted(results, skips, suite_of))
    return int(any(each.status == "failed" and each.test not in skips for each in results))


def pytest_command(ports: Ports) -> list[str]:
    """pytest of the SDK's own environment, run by `simulator run` as the tests' role."""
    run = [sys.executable, "-m", "simulator.cli", "run", "--console-url", ports.console_url]
    who = ["--account", "automation", "--role", ROLE]
    boto = json.dumps({"region_name": REGION})
    python = str(python_with(REQUIREMENTS))
    return [*run, *who, "--", python, "-m", "pytest", "-q", "-W", "ignore", f"--boto-config={boto}"]


def with_suite_first() -> str:
    """PATH with the suite's own Python first: a fixture packs the SDK by `python -m build`."""
    return os.pathsep.join((str(python_with(REQUIREMENTS).parent), os.environ.get("PATH", "")))


def topology_with_images(file: Path) -> Path:
    """The fixture's topology, in which the images that the tests build or bring are reference images of ours."""
    topology = yaml.safe_load((shipped("fixtures") / "topology.yaml").read_text(encoding="utf-8"))
    topology["images"] = {**topology.get("images", {}), **IMAGES}
    file.write_text(yaml.safe_dump(topology), encoding="utf-8")
    return file


def prepare(ports: Ports) -> None:
    """Make what AWS's test account has beforehand: the role, the default buckets, and AWS's public data."""
    topology = load()
    operator = topology.person("operator")
    session = boto3.Session(operator.access_key_id, operator.secret_access_key, region_name=REGION)
    iam = session.client("iam", endpoint_url=ports.aws_url)
    account = topology.accounts["automation"]
    trust = json.dumps(TRUST).replace("{account}", account)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    s3 = session.client("s3", endpoint_url=ports.aws_url)
    for bucket in (f"sagemaker-{REGION}-{account}", f"sagemaker-custom-bucket-{REGION}-{account}", SEED_CODE):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    data = shipped("fixtures") / "data" / "abalone" / "abalone-dataset.csv"
    s3.upload_file(str(data), SEED_CODE, "dataset/abalone-dataset.csv")
    s3.put_object(Bucket=SEED_CODE, Key="dataset/abalone-dataset-batch", Body=unlabelled(data).encode())


def unlabelled(data: Path) -> str:
    """The rows of the Abalone data as a model takes them: seven numbers and the sex as three columns."""
    with data.open(newline="", encoding="utf-8") as file:
        rows = [[*row[1:8], *(str(int(row[0] == sex)) for sex in "FIM")] for row in csv.reader(file)]
    return "".join(",".join(row) + "\n" for row in rows)


def suite_of(test: str) -> str:
    """The suite that a test belongs to."""
    for name, paths in SUITES.items():
        if test.startswith(paths):
            return name
    return test.split("::")[0]


if __name__ == "__main__":
    sys.exit(main())
