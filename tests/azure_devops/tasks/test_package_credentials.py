"""PipAuthenticate, TwineAuthenticate and npmAuthenticate: what pip, twine and npm find afterwards."""

from __future__ import annotations

from tests.azure_devops.tasks.programs import TaskWorld


def connection(world: TaskWorld, name: str, kind: str, url: str, scheme: str, **parameters: str) -> None:
    """A service connection of a registry, open to all pipelines."""
    body = {
        "name": name,
        "type": kind,
        "url": url,
        "authorization": {"scheme": scheme, "parameters": parameters},
        "serviceEndpointProjectReferences": [{"projectReference": {"name": "ml"}, "name": name}],
    }
    address = f"{world.simulator.azure_devops_url}/_apis/serviceendpoint/endpoints"
    answer = world.azure.post(address, json=body, params={"api-version": "7.1-preview.4"})
    assert answer.status_code == 200, answer.text
    world.permit("endpoint", str(answer.json()["id"]))


def test_pip_gets_its_indexes_with_credentials_that_no_log_shows(world: TaskWorld) -> None:
    kind = "externalPythonDownloadFeed"
    connection(world, "one", kind, "https://one.example/simple", "Token", apitoken="tok/en")
    connection(
        world, "two", kind, "https://two.example/simple", "UsernamePassword", username="u", password="p@ss"
    )
    result, log = world.run(
        """
  - checkout: none
  - task: PipAuthenticate@1
    inputs: {pythonDownloadServiceConnections: 'one, two'}
  - bash: |
      [ "$PIP_INDEX_URL" = "https://build:tok%2Fen@one.example/simple" ] && echo "the first index"
      [ "$PIP_EXTRA_INDEX_URL" = "https://u:p%40ss@two.example/simple" ] && echo "the second index"
      echo "shown: tok/en"
"""
    )
    assert result == "succeeded", log
    assert "\nthe first index" in log.replace("Z the", "Z\nthe")
    assert "the second index" in log
    assert "shown: ***" in log


def test_a_feed_of_azure_artifacts_is_refused_by_name(world: TaskWorld) -> None:
    result, log = world.run(
        "  - checkout: none\n  - {task: PipAuthenticate@1, inputs: {artifactFeeds: ours}}\n"
    )
    assert result == "failed"
    assert "the Azure Artifacts feed ours is not simulated" in log


def test_twine_gets_a_file_of_repositories(world: TaskWorld) -> None:
    more = {"username": "u", "password": "pw-of-twine", "endpointname": "upload"}
    kind = "externalPythonUploadFeed"
    connection(world, "three", kind, "https://three.example/legacy/", "UsernamePassword", **more)
    result, log = world.run(
        """
  - checkout: none
  - {task: TwineAuthenticate@1, inputs: {pythonUploadServiceConnection: three}}
  - bash: cat $PYPIRC_PATH
"""
    )
    assert result == "succeeded", log
    for line in ("index-servers=upload", "repository=https://three.example/legacy/", "password=***"):
        assert line in log


def test_npm_gets_credentials_for_the_registries_of_its_file_until_the_job_ends(world: TaskWorld) -> None:
    connection(
        world, "four", "externalnpmregistry", "https://four.example/npm", "Token", apitoken="npm-token"
    )
    result, log = world.run(
        """
  - task: npmAuthenticate@0
    inputs: {workingFile: .npmrc, customEndpoint: four}
  - bash: cat .npmrc
""",
        {".npmrc": "registry=https://four.example/npm/\n@other:registry=https://five.example/\n"},
    )
    assert result == "succeeded", log
    assert "//four.example/npm/:_authToken=***" in log
    assert "Ignoring registry: five.example" in log
    assert "Post-job: npm authenticate" in log
