"""Scripts in the XGBoost image import AWS's modules by their names: data files and bodies become matrices."""

import json

from tests.reference_models.container import Container, source_archive

SCRIPT = """
import json, os, pathlib
from sagemaker_xgboost_container.data_utils import get_content_type, get_dmatrix
from sagemaker_xgboost_container import encoder

def shape(matrix):
    return [matrix.num_row(), matrix.num_col(), [float(each) for each in matrix.get_label()]]

folder = pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"])
folder.mkdir(parents=True, exist_ok=True)
pathlib.Path(os.environ["SM_MODEL_DIR"]).mkdir(exist_ok=True)
(folder / "a.libsvm").write_text("1 0:5 3:2\\n0 1:1\\n")
(folder / "b.csv").write_text("1,0.5,2,3\\n0,0.25,4,5\\n")
said = {
    "libsvm": shape(get_dmatrix(str(folder / "a.libsvm"), "libsvm")),
    "csv": shape(get_dmatrix(str(folder / "b.csv"), "text/csv", csv_weights=1)),
    "nothing": get_dmatrix(str(folder / "none"), "csv"),
    "type": get_content_type("text/x-libsvm"),
    "body": shape(encoder.libsvm_to_dmatrix(b"0:5 3:2\\n1:1\\n"))[:2],
    "rows": shape(encoder.csv_to_dmatrix("1,2\\n3,4\\n"))[:2],
}
pathlib.Path(os.environ["SM_MODEL_DIR"], "said.json").write_text(json.dumps(said))
"""


def test_files_and_bodies_become_matrices(tmp_path):
    container = Container("xgboost", tmp_path / "ml")
    archive = source_archive(tmp_path / "sourcedir.tar.gz", script_py=SCRIPT)
    container.configure(
        hyperparameters={"sagemaker_program": "script.py", "sagemaker_submit_directory": str(archive)},
        inputdataconfig={},
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "ml" / "model" / "said.json").read_text()) == {
        "libsvm": [2, 4, [1.0, 0.0]],
        "csv": [2, 2, [1.0, 0.0]],
        "nothing": None,
        "type": "libsvm",
        "body": [2, 4],
        "rows": [2, 2],
    }
