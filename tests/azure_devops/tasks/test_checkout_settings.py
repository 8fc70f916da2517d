"""How deep a checkout fetches where the step does not say: as the pipeline's settings say, for its own repository."""

from __future__ import annotations

YAML = """
trigger: none
resources:
  repositories:
    - {repository: other, type: git, name: model_build, ref: main}
steps:
  - checkout: self
  - checkout: other
  - checkout: self
    fetchDepth: 7
    path: again
"""


def depths(served):
    works = [dict(work.environment) for work in served.engine.started]
    return [
        environment["CHECKOUT_FETCHDEPTH"] for environment in works if "CHECKOUT_FETCHDEPTH" in environment
    ]


def test_the_settings_of_the_pipeline_say_how_deep_its_repository_is_fetched(queued, served):
    queued(YAML)
    assert depths(served) == ["1", "1", "7"]
    with served.client("operator") as client:
        known = client.get("ml/_apis/build/definitions/1").json()
        assert known["repository"]["properties"]["fetchDepth"] == "1"
        known["repository"]["properties"]["fetchDepth"] = "0"
        changed = client.put("ml/_apis/build/definitions/1", json=known)
        assert changed.json()["repository"]["properties"]["fetchDepth"] == "0"
        again = {**changed.json(), "description": "kept"}
        again["repository"] = {"id": known["repository"]["id"], "type": "TfsGit"}
        assert client.put("ml/_apis/build/definitions/1", json=again).is_success
        bad = {
            **known,
            "revision": 3,
            "repository": {**again["repository"], "properties": {"fetchDepth": "x"}},
        }
        assert client.put("ml/_apis/build/definitions/1", json=bad).status_code == 400
        served.engine.started.clear()
        assert client.post("ml/_apis/build/builds", json={"definition": {"id": 1}}).is_success
    served.rest()
    assert depths(served) == ["0", "1", "7"]
