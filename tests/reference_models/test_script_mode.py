"""Which file an entry point names, in the contract that the images share."""

import importlib
import sys

import pytest

from tests.reference_models.container import MODELS


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
