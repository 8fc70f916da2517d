"""The topology's people and roles are made in IAM once; what users change of them afterwards stays changed."""

from pathlib import Path

from tests.wire import RunningSimulator


def test_what_was_taken_from_a_role_is_not_given_back_by_a_restart(tmp_path: Path):
    role = {"RoleName": "SageMakerExecutionRole"}
    first = RunningSimulator(state=tmp_path)
    iam = first.client("iam")
    for policy in iam.list_attached_role_policies(**role)["AttachedPolicies"]:
        iam.detach_role_policy(**role, PolicyArn=policy["PolicyArn"])
    first.stop()

    second = RunningSimulator(state=tmp_path)
    assert second.client("iam").list_attached_role_policies(**role)["AttachedPolicies"] == []
    second.stop()
