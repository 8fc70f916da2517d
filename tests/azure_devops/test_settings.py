"""Setting entries of an organization, as `az devops admin banner` keeps them."""

from __future__ import annotations


def test_entries_are_set_found_below_a_key_and_removed_with_what_is_below(served):
    with served.client() as client:
        base = "_apis/Settings/Entries/host"
        banner = {"message": "tonight", "level": "warning"}
        assert (
            client.patch(base, json={"Banners/one": banner, "Banners/two": {}, "Other": 1}).status_code == 204
        )
        assert client.get(f"{base}/Banners").json()["value"] == {"one": banner, "two": {}}
        assert client.delete(f"{base}/Banners/two").status_code == 204
        assert client.get(base).json()["value"] == {"Banners/one": banner, "Other": 1}
        assert client.get("_apis/Settings/Entries/me").json()["value"] == {}
        assert client.get("_apis/Settings/project/ml/Entries/host").json()["value"] == {}
        assert client.get("_apis/Settings/Entries/them").status_code == 400
        assert client.get("_apis/Settings/team/ml/Entries/host").status_code == 501
