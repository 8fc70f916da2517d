"""How a script of the user is run: by which file, in how many processes, with the pandas that AWS's image has."""

import importlib.util
import subprocess
import sys

import pytest

from tests.reference_models.container import MODELS, Container, source_archive

OLDER_PANDAS = MODELS / "contract" / "older_pandas"


@pytest.fixture(name="script")
def _script(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(MODELS), *sys.path])
    return importlib.import_module("contract.script_mode").script


def test_an_entry_point_without_py_is_a_module(script, tmp_path):
    (tmp_path / "train.py").touch()
    assert (script("train.py", tmp_path), script("train", tmp_path)) == ("train.py", "train.py")


def test_a_program_of_that_very_name_comes_first(script, tmp_path):
    (tmp_path / "train.py").touch()
    (tmp_path / "train").touch()
    assert script("train", tmp_path) == "train"


def test_what_is_not_there_keeps_its_name(script, tmp_path):
    assert script("absent", tmp_path) == "absent"


def test_a_script_is_one_process_whatever_is_said_of_mpi_as_in_awss_images(tmp_path):
    container = Container("scikit_learn", tmp_path / "ml")
    archive = source_archive(tmp_path / "sourcedir.tar.gz", script_py="print('alone', flush=True)")
    container.configure(
        hyperparameters={
            "sagemaker_program": "script.py",
            "sagemaker_submit_directory": str(archive),
            "sagemaker_mpi_enabled": "true",
            "sagemaker_mpi_num_of_processes_per_host": "2",
        },
        inputdataconfig={},
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines().count("alone") == 1


@pytest.mark.parametrize(
    ("variable", "version", "older"),
    [
        ("SKLEARN", "0.23-1", True),
        ("SKLEARN", "1.2-1", True),
        ("SKLEARN", "1.4-2", False),
        ("XGBOOST", "1.7-1", True),
        ("XGBOOST", "3.0-5", False),
        ("XGBOOST", "latest", False),
        ("OTHER", "1.0", False),
    ],
)
def test_which_of_awss_images_have_pandas_1(monkeypatch, variable, version, older):
    spec = importlib.util.spec_from_file_location("older_pandas", OLDER_PANDAS / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv(f"SAGEMAKER_{variable}_VERSION", version)
    found = [module.older(name, first) for name, first in module.FIRST_WITH_PANDAS_2.items()]
    assert any(found) is older


def test_dummies_are_those_of_the_pandas_that_awss_image_has():
    code = "import pandas; print(pandas.get_dummies(pandas.Series(['a', 'b'])).iloc[0, 0])"
    said = []
    for version in ("0.23-1", "1.4-2"):
        environment = {"PYTHONPATH": str(OLDER_PANDAS), "SAGEMAKER_SKLEARN_VERSION": version}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        said.append((done.stdout, done.stderr))
    assert said == [("1\n", ""), ("True\n", "")]
