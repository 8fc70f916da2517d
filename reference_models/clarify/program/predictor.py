"""What a model says of the dataset: a shadow endpoint, made for the job and deleted after it, or one that is there.

Source: developer guide, "Configure the Analysis", `predictor`; the job's role makes the endpoint, and pays for it.
"""

from __future__ import annotations

import csv
import io
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from config import Config, InvalidConfig
from dataset import Table, typed

ROWS_A_REQUEST = 100
POLL_SECONDS = 5.0
LONGEST_SECONDS = 1800.0


class PredictorFailed(Exception):
    """The endpoint was not made or does not answer as configured; the text says how."""


def predicted_labels(config: Config, table: Table) -> list[Any]:
    """A label for each record; of two classes with probabilities, whether it is above the threshold."""
    if not config.predictor:
        raise InvalidConfig("post_training_bias needs a predictor or a predicted_label")
    import boto3  # only an analysis with a predictor needs it

    left_out = {table.name(config.label)}
    left_out |= {table.name(each) for each in config.excluded}
    if config.join_source is not None:
        left_out.add(table.name(config.join_source))
    kept = [number for number, name in enumerate(table.columns) if name not in left_out]
    rows = [[row[number] for number in kept] for row in table.raw]
    runtime = boto3.client("sagemaker-runtime")
    with endpoint(boto3.client("sagemaker"), config.predictor) as name:
        answers: list[str] = []
        for start in range(0, len(rows), ROWS_A_REQUEST):
            answers += ask(runtime, name, config.predictor, rows[start : start + ROWS_A_REQUEST])
    return labels(typed(answers), config)


def labels(answers: list[Any], config: Config) -> list[Any]:
    """Probabilities become whether they are above the threshold; labels stay."""
    if any(isinstance(answer, float) for answer in answers):
        return [answer > config.probability_threshold for answer in answers]
    return answers


def ask(runtime: Any, endpoint_name: str, predictor: Mapping[str, Any], rows: list[list[str]]) -> list[str]:
    """One answer a row; raises PredictorFailed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    content_type = predictor.get("content_type") or "text/csv"
    accept = predictor.get("accept_type") or content_type
    if content_type != "text/csv":
        raise PredictorFailed(
            f"predictor.content_type {content_type} is not offered by this image; use text/csv"
        )
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint_name, Body=text.getvalue(), ContentType=content_type, Accept=accept
    )
    found = list(picked(answer["Body"].read().decode(), accept, predictor))
    if len(found) != len(rows):
        raise PredictorFailed(f"{len(rows)} records were answered by {len(found)}")
    return found


def picked(body: str, accept: str, predictor: Mapping[str, Any]) -> Iterator[str]:
    """The label, or the probability, of each line of an answer: a column of CSV, an attribute of JSON lines."""
    place = predictor.get("probability", predictor.get("label"))
    if accept.startswith("text/csv"):
        lines = [line for line in csv.reader(io.StringIO(body)) if line]
        if len(lines) == 1 and place is None:
            yield from lines[0]  # some containers answer all records in one line
            return
        for line in lines:
            yield line[int(place) if place is not None else 0]
        return
    for text in body.splitlines():
        if text.strip():
            yield str(json.loads(text)[place])


@contextmanager
def endpoint(client: Any, predictor: Mapping[str, Any]) -> Iterator[str]:
    """The name of an endpoint that serves; the shadow endpoint is gone afterwards."""
    if named := predictor.get("endpoint_name"):
        yield str(named)
        return
    name = f"{predictor.get('endpoint_name_prefix') or 'sm-clarify'}-{uuid.uuid4().hex[:12]}"
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": predictor["model_name"],
        "InstanceType": predictor["instance_type"],
        "InitialInstanceCount": predictor.get("initial_instance_count", 1),
    }
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    try:
        client.create_endpoint(EndpointName=name, EndpointConfigName=name)
        try:
            _await_service(client, name)
            yield name
        finally:
            client.delete_endpoint(EndpointName=name)
    finally:
        client.delete_endpoint_config(EndpointConfigName=name)


def _await_service(client: Any, name: str) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        described = client.describe_endpoint(EndpointName=name)
        if described["EndpointStatus"] == "InService":
            return
        if described["EndpointStatus"] == "Failed":
            raise PredictorFailed(f"The shadow endpoint failed: {described.get('FailureReason', '')}")
        time.sleep(POLL_SECONDS)
    raise PredictorFailed("The shadow endpoint was not in service in time")
