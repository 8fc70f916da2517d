"""Loaded by Python before a program: where AWS's image has pandas 1, dummies are 0 and 1, as scripts of then expect.

Since pandas 2 `get_dummies` gives False and True, which scripts write to CSV as words that XGBoost cannot read. Which
image has which pandas: requirements.txt of AWS's public sagemaker-scikit-learn-container (1.2-1 has 1.5.3, 1.4-2 has
2.x) and sagemaker-xgboost-container (1.7-1 has 1.4.4, 3.0-5 has 2.2.3).
"""

import functools
import importlib.abc
import importlib.machinery
import os
import sys

FIRST_WITH_PANDAS_2 = {"SAGEMAKER_SKLEARN_VERSION": (1, 4), "SAGEMAKER_XGBOOST_VERSION": (3,)}


def older(variable, first):
    """Whether the version that a variable names, `1.2-1`, is before the first with pandas 2."""
    words = os.environ.get(variable, "").split("-")[0].split(".")
    return all(word.isdigit() for word in words) and tuple(map(int, words)) < first


class Finder(importlib.abc.MetaPathFinder):
    """Finds pandas as Python would, once, and changes it when it is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        """The spec of pandas, whose loader does more; None for everything else."""
        if fullname != "pandas":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), change(module))
        return spec


def change(pandas):
    """Dummies of 8-bit integers where the caller names no type: the default of pandas 1."""
    given = pandas.get_dummies

    @functools.wraps(given)
    def get_dummies(*args, dtype=None, **named):
        # dtype is the eighth parameter: a caller that gives so many by place has named it.
        return given(*args, **named) if len(args) > 7 else given(*args, dtype=dtype or "uint8", **named)

    pandas.get_dummies = get_dummies


if any(older(variable, first) for variable, first in FIRST_WITH_PANDAS_2.items()):
    sys.meta_path.insert(0, Finder())
