"""The online store as its clients see it: the newest record by event time, gone when it expires or is deleted."""

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


def record(ident: str, when: str, amount: str) -> list[dict[str, str]]:
    values = {"id": ident, "at": when, "amount": amount}
    return [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]


@pytest.fixture
def store(simulator: RunningSimulator):
    simulator.client("sagemaker").create_feature_group(
        FeatureGroupName="orders",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": n, "FeatureType": "String"} for n in ("id", "at", "amount")],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )
    return simulator.client("sagemaker-featurestore-runtime")


def amount(store, ident: str = "1") -> str | None:
    found = store.get_record(
        FeatureGroupName="orders", RecordIdentifierValueAsString=ident, FeatureNames=["amount"]
    )
    return found["Record"][0]["ValueAsString"] if "Record" in found else None


def test_the_newest_event_wins(store):
    store.put_record(FeatureGroupName="orders", Record=record("1", "2026-01-02T00:00:00Z", "20"))
    store.put_record(FeatureGroupName="orders", Record=record("1", "2026-01-01T00:00:00Z", "10"))
    assert amount(store) == "20"
    assert amount(store, "2") is None


def test_a_soft_deletion_keeps_the_identifier(store):
    store.put_record(FeatureGroupName="orders", Record=record("1", "2026-01-01T00:00:00Z", "10"))
    store.delete_record(
        FeatureGroupName="orders", RecordIdentifierValueAsString="1", EventTime="2026-01-02T00:00:00Z"
    )
    assert amount(store) is None
    assert store.list_records(FeatureGroupName="orders")["RecordIdentifiers"] == []
    kept = store.list_records(FeatureGroupName="orders", IncludeSoftDeletedRecords=True)
    assert kept["RecordIdentifiers"] == ["1"]


def test_a_record_expires_by_virtual_time(simulator: RunningSimulator, store):
    now = str(simulator.simulator.kernel.clock.now())
    ttl = {"Unit": "Hours", "Value": 2}
    store.put_record(FeatureGroupName="orders", Record=record("1", now, "10"), TtlDuration=ttl)
    assert amount(store) == "10"
    simulator.advance(7300)
    assert amount(store) is None


def test_batches_tell_what_was_refused(store):
    entries = [
        {"FeatureGroupName": "orders", "Record": record("1", "2026-01-01T00:00:00Z", "10")},
        {"FeatureGroupName": "none", "Record": record("2", "2026-01-01T00:00:00Z", "10")},
    ]
    assert [error["ErrorCode"] for error in store.batch_write_record(Entries=entries)["Errors"]] == [
        "ResourceNotFound"
    ]
    asked = [{"FeatureGroupName": "orders", "RecordIdentifiersValueAsString": ["1", "9"]}]
    found = store.batch_get_record(Identifiers=asked)
    assert [each["RecordIdentifierValueAsString"] for each in found["Records"]] == ["1"]


def test_a_feature_that_was_not_defined_is_refused(store):
    wrong = [*record("1", "2026-01-01T00:00:00Z", "10"), {"FeatureName": "colour", "ValueAsString": "red"}]
    with pytest.raises(ClientError, match="colour") as refused:
        store.put_record(FeatureGroupName="orders", Record=wrong)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
