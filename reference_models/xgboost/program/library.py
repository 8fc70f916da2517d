"""Imports XGBoost without the libraries that it would pull in and that the built-in algorithm never uses."""

from __future__ import annotations

import sys
from typing import Any

# XGBoost imports these when they are there, for its scikit-learn interface and for data frames: seconds of start-up.
UNUSED = ("sklearn", "pandas", "pyarrow")


def load_xgboost() -> Any:
    """The xgboost module; call it before anything else imports it."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    import xgboost

    return xgboost
