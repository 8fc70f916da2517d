"""Programs in the form of AWS's public examples run unedited: SDK v2 outside, the process engine inside."""

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reference_models.container import ABALONE
from tests.wire import RunningSimulator

HERE = Path(__file__).parent / "data"
DATA = "s3://data-of-the-team/raw/abalone-dataset.csv"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CITIES = ("BLR", "BOM", "DEL", "MAA")


def began(engine: str) -> RunningSimulator:
    """A simulator that runs real work, with the team's data."""
    running = RunningSimulator(engine_name=engine)
    s3 = running.client("s3")
    s3.create_bucket(Bucket="data-of-the-team")
    s3.put_object(Bucket="data-of-the-team", Key="raw/abalone-dataset.csv", Body=ABALONE.read_bytes())
    rows = "".join(f"{x + 2 * y + 1},{x},{y}\n" for x in range(5) for y in range(5))
    s3.put_object(Bucket="data-of-the-team", Key="line/rows.csv", Body=rows.encode())
    return running


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[RunningSimulator]:
    running = began("process")
    yield running
    running.stop()


def told(world: RunningSimulator, code: Path, *parts: str, data: str = DATA) -> dict[str, Any]:
    """What the program told when it ran as an operator in a terminal of `simulator run`."""
    program = [sys.executable, "-W", "ignore", str(HERE / "sdk_program.py"), str(code), data, *parts]
    done = subprocess.run(
        [sys.executable, "-m", "simulator.cli", "run", "--as", "operator", "--", *program],
        env={**os.environ, "SIMULATOR_CONSOLE_URL": world.console_url, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    return dict(json.loads(line.removeprefix("TOLD ")) for line in lines)


def wheel(path: Path) -> None:
    """A package of one module, as a registry would give it."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("rings_of_the_team.py", "NAME = 'abalone'\n")
        about = "rings_of_the_team-1.0.dist-info"
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: rings_of_the_team\nVersion: 1.0\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "")


@pytest.fixture(name="found", scope="module")
def _found(world: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of all parts in one run: the SDK takes seconds to begin."""
    code = tmp_path_factory.mktemp("team") / "code"
    shutil.copytree(HERE / "entry_points", code, ignore=shutil.ignore_patterns("__pycache__"))
    wheel(code / "framework" / "rings_of_the_team-1.0-py3-none-any.whl")
    (code / "framework" / "requirements.txt").write_text("./rings_of_the_team-1.0-py3-none-any.whl\nnumpy\n")
    return told(world, code, "seed", "framework", "line", "own")


def test_scripts_in_the_form_of_the_seed_code_preprocess_train_and_evaluate(found):
    assert "seed broke" not in found, found
    assert found["metrics"] == ["train:rmse", "validation:rmse"]
    assert 1 < found["mse"] < 8, "the pickled model of the 1.0-1 image was evaluated"


def test_a_framework_processor_brings_its_folder_and_installs_its_requirements(found):
    assert "framework broke" not in found, found
    assert found["framework"] == "hello abalone to all"


def test_script_mode_trains_deploys_and_fails_as_the_toolkit_says(found):
    assert "line broke" not in found, found
    assert found["score"] > 0.9
    assert found["line"]["rows"] == 2
    assert [round(value) for value in found["line"]["predictions"]] == [6, 12]
    assert "AlgorithmError: ExecuteUserScriptError:" in found["failure"]
    assert 'ErrorMessage "ValueError: alpha is below zero"' in found["failure"]
    assert "train.py --alpha -1 --fit-intercept True" in found["failure"]


def test_an_image_of_the_teams_own_trains_and_serves_by_the_uri_of_its_repository(found, world):
    assert "own broke" not in found, found
    assert found["own rmse"] == "rmse"
    assert round(float(found["own"])) == 6
    substituted = [fact for fact in world.facts() if fact["kind"] == "ImageSubstituted"]
    assert any(fact["detail"]["image"] == "bring_your_own" for fact in substituted)


@pytest.mark.docker
def test_the_image_of_the_teams_own_is_built_and_runs_in_the_docker_engine_too():
    world = began("docker")
    try:
        found = told(world, HERE / "entry_points", "own")
    finally:
        world.stop()

    assert "own broke" not in found, found
    assert round(float(found["own"])) == 6


@pytest.mark.skipif("SIMULATOR_SEED_CODE" not in os.environ, reason="SIMULATOR_SEED_CODE names no checkout")
def test_the_public_seed_scripts_run_unedited(world):
    """SIMULATOR_SEED_CODE: the folder that holds preprocess.py and evaluate.py of the SageMaker project template."""
    found = told(world, Path(os.environ["SIMULATOR_SEED_CODE"]), "seed")

    assert "seed broke" not in found, found
    assert found["metrics"] == ["train:rmse", "validation:rmse"]
    assert 1 < found["mse"] < 8


def customers(count: int = 600) -> str:
    """Made-up customers in the columns of the churn template's data set; who orders often is retained."""
    chance = random.Random(7)
    named = "custid retained created firstorder lastorder esent eopenrate eclickrate avgorder ordfreq paperless refill"
    rows = [",".join([*named.split(), "doorstep", "favday", "city"])]
    for number in range(count):
        often = chance.random()
        retained = int(often + chance.gauss(0, 0.1) > 0.4)
        dates = f"2012-01-{1 + number % 28:02},2012-0{2 + number % 7}-01,2013-0{1 + number % 9}-15"
        mails = f"{chance.randrange(60)},{chance.random():.2f},{chance.random():.2f}"
        kinds = f"{number % 2},{number % 3 // 2},{number % 5 // 4}"
        place = f"{DAYS[number % 7]},{CITIES[number % 4]}"
        rows.append(f"c{number},{retained},{dates},{mails},{50 + often:.2f},{often:.3f},{kinds},{place}")
    return "\n".join(rows) + "\n"


@pytest.mark.skipif("SIMULATOR_CHURN_CODE" not in os.environ, reason="SIMULATOR_CHURN_CODE names no checkout")
def test_the_public_churn_scripts_run_unedited(world):
    """SIMULATOR_CHURN_CODE: pipelines/customerchurn of aws-samples/customer-churn-sagemaker-pipelines-sample."""
    world.client("s3").put_object(
        Bucket="data-of-the-team", Key="churn/storedata_total.csv", Body=customers().encode()
    )
    data = "s3://data-of-the-team/churn/storedata_total.csv"
    found = told(world, Path(os.environ["SIMULATOR_CHURN_CODE"]), "churn", data=data)

    assert "churn broke" not in found, found
    assert len(found["churn row"]) == 1 + 10 + 7 + 4
    assert set(found["churn row"][-11:]) <= {"0", "1", "0.0", "1.0"}, "pandas 1 gives numbers, not words"
    assert 0.8 < found["auc"] <= 1
