"""Records of the Feature Store's online store: the newest by event time, kept and given back by identifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker.kinds.feature_store import FEATURE_GROUP
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.naming import key_of
from simulator.aws.sagemaker.paging import cut
from simulator.kernel.errors import CallerError

SERVICE, RECORD = "sagemaker-featurestore-runtime", "sagemaker.feature_record"


def _refused(text: str) -> CallerError:
    return CallerError("ValidationError", f"Validation Error: {text}")


def group_of(call: Call, name: str) -> tuple[str, Row]:
    """A feature group by name or ARN, with its key; raises ResourceNotFound in the store's own words."""
    key = key_of(call, name)
    row = call.kernel.store.get(FEATURE_GROUP.row, key)
    if row is None:
        text = f"Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name [{name}]."
        raise CallerError("ResourceNotFound", text)
    return key, row


def _text(record: Iterable[Mapping[str, Any]], name: str) -> str:
    for feature in record:
        if feature["FeatureName"] == name and feature.get("ValueAsString"):
            return str(feature["ValueAsString"])
    raise _refused(f"FeatureName [{name}] must be in the record.")


def _moment(text: str) -> float:
    """Seconds of an event time: epoch seconds, or ISO 8601 as the Feature Store takes it."""
    try:
        return float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except ValueError as error:
            raise _refused(f"event time [{text}] must be epoch seconds or ISO 8601.") from error


def _known(group: Row, names: Iterable[str]) -> None:
    defined = {each["FeatureName"] for each in group["FeatureDefinitions"]}
    for name in names:
        if name not in defined:
            raise _refused(f"FeatureName [{name}] is not in the feature group's definitions.")


def write(call: Call, name: str, record: list[dict[str, Any]], ttl: Mapping[str, Any] | None) -> None:
    """Keep a record, unless one of a later event time is there."""
    key, group = group_of(call, name)
    _known(group, (feature["FeatureName"] for feature in record))
    ident = _text(record, group["RecordIdentifierFeatureName"])
    when = _moment(_text(record, group["EventTimeFeatureName"]))
    place = f"{key}/{ident}"
    there = call.kernel.store.get(RECORD, place)
    if there and there["time"] > when:
        return
    row: Row = {"ident": ident, "time": when, "record": record, "expires": _expiry(group, when, ttl)}
    call.kernel.store.put(RECORD, place, row)


def _expiry(group: Row, when: float, ttl: Mapping[str, Any] | None) -> float | None:
    chosen = ttl or group.get("OnlineStoreConfig", {}).get("TtlDuration")
    if not chosen:
        return None
    return when + timedelta(**{str(chosen["Unit"]).lower(): int(chosen["Value"])}).total_seconds()


def read(call: Call, key: str, ident: str, names: Iterable[str]) -> Row | None:
    """The record as it is now, with the features asked for; None where there is none, or it has expired."""
    row = call.kernel.store.get(RECORD, f"{key}/{ident}")
    if row is None or row.get("deleted") or (row["expires"] and row["expires"] <= call.kernel.clock.now()):
        return None
    wanted = set(names)
    shown = [feature for feature in row["record"] if not wanted or feature["FeatureName"] in wanted]
    return {"Record": shown, "ExpiresAt": _shown(row["expires"])}


def _shown(expires: float | None) -> str | None:
    return datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if expires else None


@memory(SERVICE, "PutRecord")
async def put_record(call: Call) -> Answer:
    """Keep one record; the offline store is not written."""
    write(call, call.params["FeatureGroupName"], call.params["Record"], call.params.get("TtlDuration"))
    return {}


@memory(SERVICE, "GetRecord")
async def get_record(call: Call) -> Answer:
    """One record; an empty answer where there is none."""
    key, group = group_of(call, call.params["FeatureGroupName"])
    names = call.params.get("FeatureNames", ())
    _known(group, names)
    found = read(call, key, call.params["RecordIdentifierValueAsString"], names) or {}
    if call.params.get("ExpirationTimeResponse") != "Enabled":
        found.pop("ExpiresAt", None)
    return found


@memory(SERVICE, "UpdateRecord")
async def update_record(call: Call) -> Answer:
    """Other values of some features of a record that is there."""
    key, group = group_of(call, call.params["FeatureGroupName"])
    ident, features = call.params["RecordIdentifierValueAsString"], call.params["Features"]
    found = read(call, key, ident, ())
    if found is None:
        raise CallerError("ResourceNotFound", f"Resource Not Found: there is no record [{ident}].")
    _known(group, (feature["FeatureName"] for feature in features))
    merged = {f["FeatureName"]: f for f in (*found["Record"], *features)}
    write(call, call.params["FeatureGroupName"], list(merged.values()), call.params.get("TtlDuration"))
    return {}


@memory(SERVICE, "DeleteRecord")
async def delete_record(call: Call) -> Answer:
    """A record that is no more, unless a later one is there; softly, its identifier stays known."""
    key, _ = group_of(call, call.params["FeatureGroupName"])
    place = f"{key}/{call.params['RecordIdentifierValueAsString']}"
    row, when = call.kernel.store.get(RECORD, place), _moment(call.params["EventTime"])
    if row is None or row["time"] > when:
        return {}
    if call.params.get("DeletionMode", "SoftDelete") == "HardDelete":
        call.kernel.store.delete(RECORD, place)
    else:
        call.kernel.store.put(RECORD, place, {**row, "deleted": True, "time": when, "record": []})
    return {}


@memory(SERVICE, "BatchGetRecord")
async def batch_get_record(call: Call) -> Answer:
    """Records of several groups; those that are not there are left out."""
    answer: Answer = {"Records": [], "Errors": [], "UnprocessedIdentifiers": []}
    for each in call.params["Identifiers"]:
        name = each["FeatureGroupName"]
        for ident in each["RecordIdentifiersValueAsString"]:
            about = {"FeatureGroupName": name, "RecordIdentifierValueAsString": ident}
            try:
                found = read(call, group_of(call, name)[0], ident, each.get("FeatureNames", ()))
            except CallerError as error:
                answer["Errors"].append({**about, "ErrorCode": error.code, "ErrorMessage": error.message})
                continue
            if found:
                answer["Records"].append({**about, **found})
    return answer


@memory(SERVICE, "BatchWriteRecord")
async def batch_write_record(call: Call) -> Answer:
    """Keep several records; those that are refused are told."""
    answer: Answer = {"Errors": [], "UnprocessedEntries": []}
    for entry in call.params["Entries"]:
        ttl = entry.get("TtlDuration") or call.params.get("TtlDuration")
        try:
            write(call, entry["FeatureGroupName"], entry["Record"], ttl)
        except CallerError as error:
            answer["Errors"].append({"Entry": entry, "ErrorCode": error.code, "ErrorMessage": error.message})
    return answer


@memory(SERVICE, "ListRecords")
async def list_records(call: Call) -> Answer:
    """The identifiers of a group's records."""
    key, _ = group_of(call, call.params["FeatureGroupName"])
    softly = call.params.get("IncludeSoftDeletedRecords", False)
    rows = (row for _, row in call.kernel.store.scan(RECORD, f"{key}/"))
    found = [row["ident"] for row in rows if softly or not row.get("deleted")]
    return cut(call, "RecordIdentifiers", found)
