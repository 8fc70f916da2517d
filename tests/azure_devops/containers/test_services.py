"""Services of a job: containers beside its steps, by name or by published port, when they are healthy."""

from __future__ import annotations

import io

import docker
import pytest

from tests.azure_devops.containers.conftest import IMAGE

pytestmark = pytest.mark.docker
WEB = "simulator-tests/web:1"
DOCKERFILE = f"""FROM {IMAGE}
WORKDIR /srv
RUN echo "a page" > page
HEALTHCHECK --interval=200ms CMD python3 -c "import socket; socket.create_connection(('127.0.0.1', 80))"
CMD ["python3", "-m", "http.server", "80"]
"""
ENTRY = "simulator-tests/entry:1"
POINTED = f"""FROM {IMAGE}
ENTRYPOINT ["bash", "-c", "echo it wants none of $0; exit 5"]
"""


@pytest.fixture(scope="module")
def web():
    client = docker.from_env()
    client.images.build(fileobj=io.BytesIO(DOCKERFILE.encode()), tag=WEB, rm=True)
    client.images.build(fileobj=io.BytesIO(POINTED.encode()), tag=ENTRY, rm=True)
    yield WEB
    client.images.remove(ENTRY, force=True)
    client.images.remove(WEB, force=True)
    client.close()


def test_services_answer_by_name_inside_and_by_port_on_the_agent(build, web):
    found, log, _ = build(
        f"""
resources:
  containers:
    - {{container: web, image: '{WEB}', ports: ['8080:80', 80]}}
jobs:
  - job: Inside
    container: {{image: IMAGE, options: "-p 8090:8000 -v $(Pipeline.Workspace)/shared:/srv/shared:ro"}}
    services: {{site: web}}
    steps:
      - checkout: none
      - script: python3 -c "import urllib.request as u; print('inside', u.urlopen('http://site/page').read())"
      - script: |
          set -e
          python3 -c "import urllib.request as u; print('beside', u.urlopen('http://localhost:8080/page').read())"
          python3 -c "import urllib.request as u; print('chosen', u.urlopen('http://localhost:$PORT/page').read())"
        env: {{PORT: $(Agent.Services.site.Ports.80)}}
        target: host
      - bash: |
          cd /tmp; echo "a file of the job" > mine; test -d /srv/shared && ! touch /srv/shared/x
          python3 -m http.server 8000 > /dev/null 2>&1 &
          until python3 -c "import socket; socket.create_connection(('127.0.0.1', 8000))" 2>/dev/null; do :; done
      - script: python3 -c "import urllib.request as u; print('own', u.urlopen('http://localhost:8090/mine').read())"
        target: host
      - task: Docker@2
        inputs: {{command: stop, container: site, arguments: --time 0}}
        continueOnError: true
      - task: Docker@2
        inputs: {{command: stop, container: site, arguments: --time 0}}
        target: host
      - script: python3 -c "import socket; socket.create_connection(('site', 80), 0.2)" || echo it has stopped
      - task: Docker@2
        inputs: {{command: start, container: site}}
        target: host
      - script: |
          until python3 -c "import socket; socket.create_connection(('site', 80))" 2>/dev/null; do :; done
          echo it is there again
"""
    )
    assert found["result"] == "partiallySucceeded", log
    assert "own b'a file of the job" in log
    assert "Unable to locate executable file: 'docker'" in log
    assert "inside b'a page" in log
    assert "beside b'a page" in log
    assert "chosen b'a page" in log
    assert "it has stopped" in log
    assert "it is there again" in log
    assert "site service is healthy." in log
    assert log.index("site service is healthy.") < log.index("inside b'a page")


def test_a_service_that_is_not_there_fails_the_job_before_its_steps(build):
    found, log, timeline = build(
        """
pool: {vmImage: ubuntu-latest}
services:
  gone: {image: 'nobody.example/has/this:1'}
steps:
  - script: echo never
  - script: echo at the end
    condition: always()
"""
    )
    assert found["result"] == "failed", log
    assert "registry nobody.example is outside the simulation" in log
    results = {record["name"]: record["result"] for record in timeline if record["type"] == "Task"}
    assert results["Initialize containers"] == "failed"
    assert results["Stop Containers"] == "succeeded"
    assert "\nnever" not in log
    assert "Z at the end" in log


def test_an_image_with_an_entry_point_keeps_no_container_unless_the_options_take_it_away(build, web):
    found, log, _ = build(
        f"""
jobs:
  - job: Pointed
    container: {{image: '{ENTRY}'}}
    steps: [{{script: echo never}}]
  - job: Plain
    container: {{image: '{ENTRY}', options: --entrypoint ''}}
    steps: [{{checkout: none}}, {{script: echo once}}]
"""
    )
    assert found["result"] == "failed", log
    assert "it wants none of bash" in log
    assert "is not in running state." in log
    assert "\nnever" not in log
    assert "Z once" in log
