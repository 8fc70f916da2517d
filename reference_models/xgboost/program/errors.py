"""What stops the algorithm, by whose fault it is; the names are those of AWS's own container."""

from __future__ import annotations


class UserError(Exception):
    """The caller's mistake."""


class AlgorithmError(Exception):
    """XGBoost's own failure."""
