"""DataProcessing: what of a record goes to the model, and how its answer is joined and filtered; pure.

Source: developer guide, "Associate Prediction Results with Input Records"; API reference, DataProcessing; for the
inference id "Capture data from batch transform job". A CSV record is an array of its cells, as they were written.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.transform import paths

OUTPUT, INPUT = "SageMakerOutput", "SageMakerInput"
INFERENCE_ID, INFERENCE_TIME = "SageMakerInferenceId", "SageMakerInferenceTime"
FORMATS = ("text/csv", "application/json", "application/jsonlines")


class NotAssociable(Exception):
    """Records and answers do not fit together, or are not what their content types say; the text says why."""


def media(content_type: str) -> str:
    """`text/csv` of `text/csv; charset=utf-8`."""
    return content_type.split(";")[0].strip().lower()


def read(record: bytes, content_type: str) -> Any:
    """A record as a value; raises NotAssociable."""
    try:
        text = record.decode()
        if media(content_type) == "text/csv":
            return next(csv.reader(io.StringIO(text, newline="")), [])
        return json.loads(text)
    except ValueError as error:
        raise NotAssociable(f"a record is not valid {media(content_type)}") from error


def write(value: Any, content_type: str) -> bytes:
    """A value as a record without its line end."""
    if media(content_type) != "text/csv":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(value if isinstance(value, list) else [value])
    return text.getvalue().encode()


def joined(record: Any, answer: Any, content_type: str) -> Any:
    """The input with its answer: more cells of a row, or one more attribute of an object."""
    if media(content_type) == "text/csv":
        return [*record, *answer]
    if isinstance(record, dict):
        return {**record, OUTPUT: answer}
    return {INPUT: record, OUTPUT: answer}


def identified(answer: Any, identity: tuple[str, str], content_type: str) -> Any:
    """The answer with its inference id and time: two more cells, or two more attributes."""
    if media(content_type) == "text/csv":
        return [*(answer if isinstance(answer, list) else [answer]), *identity]
    named = {INFERENCE_ID: identity[0], INFERENCE_TIME: identity[1]}
    return {**answer, **named} if isinstance(answer, dict) else {OUTPUT: answer, **named}


@dataclass(frozen=True)
class Association:
    """How one job treats its records."""

    input_filter: tuple[paths.Step, ...]
    output_filter: tuple[paths.Step, ...]
    join: bool
    content_type: str
    accept: str
    split: str
    identify: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Association:
        """From CreateTransformJob's members; raises paths.InvalidPath."""
        asked, given = row.get("DataProcessing", {}), row["TransformInput"]
        return cls(
            paths.parse(asked.get("InputFilter", "$")),
            paths.parse(asked.get("OutputFilter", "$")),
            asked.get("JoinSource", "None") == "Input",
            given.get("ContentType", ""),
            row["TransformOutput"].get("Accept", "") or given.get("ContentType", ""),
            given.get("SplitType", "None"),
            bool(row.get("DataCaptureConfig", {}).get("GenerateInferenceId")),
        )

    @property
    def reads_answers(self) -> bool:
        """Whether the answers are taken apart; else they pass as they are."""
        return self.join or bool(self.output_filter) or self.identify

    @property
    def plain(self) -> bool:
        """Whether nothing at all is to be done."""
        return not (self.input_filter or self.join or self.output_filter)

    def asked(self, record: bytes) -> bytes:
        """What of the record the model is asked; raises NotAssociable."""
        if not self.input_filter:
            return record
        try:
            return write(paths.select(read(record, self.content_type), self.input_filter), self.content_type)
        except paths.NotThere as error:
            raise NotAssociable(f"the InputFilter names {error}, which a record does not have") from error

    def answered(
        self, batch: Sequence[bytes], answer: bytes, identities: Sequence[tuple[str, str]]
    ) -> list[bytes]:
        """The output records of one request; raises NotAssociable."""
        if not self.reads_answers:
            return [answer]
        answers = [line for line in answer.split(b"\n") if line.strip()] if self._lines else [answer]
        if len(answers) != len(batch):
            raise NotAssociable(f"{len(batch)} records were answered by {len(answers)}")
        return [self._one(*each) for each in zip(batch, answers, identities, strict=True)]

    @property
    def _lines(self) -> bool:
        return self.split == "Line" or media(self.accept) == "text/csv"

    def _one(self, record: bytes, answer: bytes, identity: tuple[str, str]) -> bytes:
        value = read(answer, self.accept)
        if self.join:
            value = joined(read(record, self.content_type), value, self.accept)
        try:
            value = paths.select(value, self.output_filter)
        except paths.NotThere as error:
            raise NotAssociable(f"the OutputFilter names {error}, which a record does not have") from error
        return write(identified(value, identity, self.accept) if self.identify else value, self.accept)
