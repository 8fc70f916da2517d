"""The defaults of a user's inference.py in the XGBoost image: requests become a DMatrix."""

from __future__ import annotations

from typing import Any

import contract.defaults
import xgboost
from contract.web import Refused
from sagemaker_inference import errors

from program import serving


class Defaults(contract.defaults.Defaults):
    """As AWS's XGBoost image: csv and libsvm are read for the booster."""

    def read(self, input_data: Any, content_type: str) -> Any:
        """A DMatrix; raises UnsupportedFormatError for another type."""
        body = input_data.encode() if isinstance(input_data, str) else bytes(input_data)
        try:
            return xgboost.DMatrix(serving.parse(body, content_type, serving.kind_of(content_type)))
        except Refused as refusal:
            raise errors.UnsupportedFormatError(content_type) from refusal

    def default_predict_fn(self, data: Any, model: Any) -> Any:
        """Without a check of feature names, which a request has none of."""
        return model.predict(data, validate_features=False)
