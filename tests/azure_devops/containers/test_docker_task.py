"""Docker@2: images built, pushed to a registry, pulled from it again as a job's container."""

from __future__ import annotations

import hashlib

import docker
import pytest

from tests.azure_devops.containers.conftest import IMAGE
from tests.azure_devops.containers.registry import Registry

pytestmark = pytest.mark.docker
PASSWORD = "a-password-of-ours"


@pytest.fixture(scope="module")
def registry(contained):
    shop = Registry("robot", PASSWORD)
    with contained.client() as client:
        project = client.get("_apis/projects/ml").json()
        body = {
            "name": "shop",
            "type": "dockerregistry",
            "url": f"http://{shop.name}",
            "data": {"registrytype": "Others"},
            "authorization": {
                "scheme": "UsernamePassword",
                "parameters": {"registry": f"http://{shop.name}", "username": "robot", "password": PASSWORD},
            },
            "serviceEndpointProjectReferences": [
                {"projectReference": {"id": project["id"], "name": "ml"}, "name": "shop"}
            ],
        }
        made = client.post("_apis/serviceendpoint/endpoints", json=body)
        assert made.status_code == 200, made.text
        allow = {
            "allPipelines": {"authorized": True},
            "resource": {"type": "endpoint", "id": made.json()["id"]},
        }
        done = client.patch(
            f"ml/_apis/pipelines/pipelinePermissions/endpoint/{made.json()['id']}", json=allow
        )
        assert done.status_code == 200, done.text
    yield shop
    shop.close()


@pytest.fixture
def images():
    """The Docker engine; what the test has made there is gone with it."""
    client = docker.from_env()
    before = {tag for image in client.images.list() for tag in image.tags}
    yield client.images
    for tag in {tag for image in client.images.list() for tag in image.tags} - before:
        if "simulator-tests" in tag:
            client.images.remove(tag, force=True)
    client.close()


DOCKERFILE = f"""FROM {IMAGE} AS made
ARG COLOUR=blue
COPY data.txt /data
RUN echo $COLOUR > /colour; python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80), 0.3)' || true
FROM scratch
COPY --from=made /colour /data /
"""


def test_an_image_is_built_pushed_and_pulled_again(build, registry, images):
    found, log, _ = build(
        """
resources: {containers: [{container: made, image: simulator-tests/app:two, endpoint: shop}]}
jobs:
  - job: Build
    steps:
      - task: Docker@2
        inputs: {command: login, containerRegistry: shop}
      - task: Docker@2
        inputs:
          command: build
          repository: simulator-tests/app
          tags: one
          Dockerfile: '**/Dockerfile.*'
          arguments: --no-cache --build-arg COLOUR=green --label mine=1
          buildContext: .
      - task: Docker@2
        inputs:
          repository: simulator-tests/app
          containerRegistry: shop
          Dockerfile: app/Dockerfile.app
          buildContext: .
          tags: |
            two
            $(Build.BuildId)
      - script: |
          set -e
          echo "$DOCKEROUTPUT" | xargs wc -l
          echo "built $DOCKER_TASK_BUILT_IMAGES"
          grep auths "$DOCKER_CONFIG/config.json"
      - task: Docker@2
        inputs: {command: logout, containerRegistry: shop}
      - script: test -z "$DOCKER_CONFIG" && echo signed out
  - job: Use
    dependsOn: Build
    services: {it: made}
    steps: [{script: echo never}]
""",
        {"app/Dockerfile.app": DOCKERFILE, "data.txt": "in the image\n"},
    )
    assert PASSWORD not in log
    assert "signed out" in log, log
    assert {"simulator-tests/app:two", f"simulator-tests/app:{found['id']}"} <= set(registry.manifests)
    assert "simulator-tests/app:one" not in registry.manifests
    one = images.get(f"{registry.name}/simulator-tests/app:one")
    assert one.labels["mine"] == "1"
    assert one.labels["image.base.ref.name"] == IMAGE
    assert one.labels["com.azure.dev.image.build.sourceversion"] == found["sourceVersion"]
    assert one.labels["com.azure.dev.image.build.buildnumber"] == found["buildNumber"]
    assert "TimeoutError" in log or "No route to host" in log or "unreachable" in log
    # The image has nothing to run; it was pulled with the connection's user before that was found out.
    digest = hashlib.sha256(registry.manifests["simulator-tests/app:two"][1]).hexdigest()
    assert f"docker pull {registry.name}/simulator-tests/app:two" in log
    assert f"Digest: sha256:{digest}" in log
    assert "No command specified" in log
