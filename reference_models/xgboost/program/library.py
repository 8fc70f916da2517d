"""XGBoost as the built-in algorithm needs it: the version it stands for, the module without what it never uses."""

from __future__ import annotations

import os
import sys
from typing import Any

# XGBoost imports these when they are there, for its scikit-learn interface and for data frames: seconds of start-up.
UNUSED = ("sklearn", "pandas", "pyarrow")


DEFAULT_VERSION = "1.7-1"


def image_version() -> tuple[int, int]:
    """Major and minor version of the AWS image that this one stands for, from the tag of its URI (`1.7-1`)."""
    version = os.environ.get("SAGEMAKER_XGBOOST_VERSION", DEFAULT_VERSION)
    major, minor = version.split("-")[0].split(".")[:2]
    return int(major), int(minor)


def load_xgboost() -> Any:
    """The xgboost module; call it before anything else imports it."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    import xgboost

    return xgboost
