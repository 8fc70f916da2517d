"""The functions that serve where a user's inference.py leaves one out; an image adds how it reads and predicts.

The toolkit would answer 500 for a type that nobody reads; AWS's framework images say 415 and 406, and so do these.
"""

from __future__ import annotations

from typing import Any

from sagemaker_inference import decoder, errors
from sagemaker_inference.default_inference_handler import DefaultInferenceHandler


def refused(status: int, reason: Exception) -> errors.BaseInferenceToolkitError:
    """The reason as an answer with that status."""
    return errors.BaseInferenceToolkitError(status, str(reason), type(reason).__name__)


class Defaults(DefaultInferenceHandler):
    """The toolkit's own defaults with their statuses."""

    def read(self, input_data: Any, content_type: str) -> Any:
        """The request as the model takes it; raises UnsupportedFormatError."""
        return decoder.decode(input_data, content_type)

    def default_input_fn(self, input_data: Any, content_type: str) -> Any:
        """Reads what the image reads; 415 for another type."""
        try:
            return self.read(input_data, content_type)
        except errors.UnsupportedFormatError as failure:
            raise refused(415, failure) from failure

    def default_predict_fn(self, data: Any, model: Any) -> Any:
        """Most models have a method of that name."""
        return model.predict(data)

    def default_output_fn(self, prediction: Any, accept: str) -> Any:
        """JSON, csv or npy; 406 where the caller takes none of them."""
        try:
            return super().default_output_fn(prediction, accept)
        except errors.UnsupportedFormatError as failure:
            raise refused(406, failure) from failure
