"""The defaults of a user's inference.py in the scikit-learn image: text becomes rows of single floats."""

from __future__ import annotations

from typing import Any

import contract.defaults
import numpy as np
from sagemaker_inference import content_types


class Defaults(contract.defaults.Defaults):
    """As AWS's scikit-learn image: one row is a table of one row, csv and json are float32."""

    def read(self, input_data: Any, content_type: str) -> Any:
        """Rows for `predict`."""
        rows = super().read(input_data, content_type)
        if len(rows.shape) == 1:
            rows = rows.reshape(1, -1)
        return rows.astype(np.float32) if content_type in content_types.UTF8_TYPES else rows
