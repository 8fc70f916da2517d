"""Secure files over the wire: uploaded, named, never given back to a person."""

from __future__ import annotations

from simulator.azure_devops import job_tokens
from simulator.azure_devops.job_tokens import JobClaim
from tests.azure_devops.scripted import SIMPLE

FILES = "ml/_apis/distributedtask/securefiles"
OCTETS = {"content-type": "application/octet-stream"}


def test_a_secure_file_goes_in_and_only_a_job_gets_it_out(queued, served):
    with served.client() as client:
        made = client.post(FILES, params={"name": "signing.p12"}, content=b"\x00secret\xff", headers=OCTETS)
        assert made.status_code == 200, made.text
        row = made.json()
        again = client.post(FILES, params={"name": "signing.p12"}, content=b"x", headers=OCTETS)
        assert again.status_code == 409
        changed = client.patch(
            f"{FILES}/{row['id']}", json={"name": "sign.p12", "properties": {"for": "ios"}}
        )
        assert (changed.json()["name"], changed.json()["properties"]) == ("sign.p12", {"for": "ios"})
        assert [one["name"] for one in client.get(FILES, params={"namePattern": "s*"}).json()["value"]] == [
            "sign.p12"
        ]
        refused = client.get(f"{FILES}/{row['id']}", params={"download": "true"})
        assert (refused.status_code, refused.json()["typeKey"]) == (403, "SecureFileAccessDeniedException")
    build = queued(SIMPLE.replace("steps:", "pool: Default\nsteps:"))
    assert build["status"] == "completed"
    kernel = served.kernel
    claim = JobClaim(build["id"], "a-job", "ml", None)
    served.call(lambda: served.azure.runs.update(build["id"], state="inProgress"))
    token = served.call(lambda: job_tokens.issue(kernel.store, kernel.ids, claim))
    with served.client() as client:
        client.auth = None
        headers = {"authorization": f"Bearer {token}"}
        answer = client.get(f"{FILES}/{row['id']}", params={"download": "true"}, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"\x00secret\xff")
    with served.client() as client:
        assert client.delete(f"{FILES}/{row['id']}").status_code == 204
        assert client.get(f"{FILES}/{row['id']}").status_code == 404
