"""Jobs in containers: real ones of the Docker engine, with the agent's contract."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.docker

YAML = """
resources:
  containers:
    - container: tools
      image: IMAGE
      env: {COLOUR: red $(Build.BuildId)}
      options: --hostname inside --cpus 1
      volumes: ["$(Pipeline.Workspace)/shared:/shared", "kept:/kept"]
    - {container: beside, image: IMAGE, env: {COLOUR: blue}}
variables: {place: $(Build.SourcesDirectory)/data.txt}
strategy: {matrix: {one: {image: tools}}}
container: $[ variables['image'] ]
steps:
  - bash: |
      set -ex
      cat data.txt "$PLACE"
      echo "at $(pwd) on $(hostname) in $COLOUR as $(id -u)"
      echo "$BUILD_SOURCESDIRECTORY $AGENT_TEMPDIRECTORY $AGENT_TOOLSDIRECTORY $(Pipeline.Workspace)"
      echo left behind > /tmp/index.html
      (cd /tmp && exec python3 -m http.server 8083 --bind 127.0.0.1 >/tmp/log 2>&1) &
      touch ~/only-here /shared/seen; test -d /kept; test -d /__w/_tasks; test -d /__a/externals; test -d /__t
      test ! -e /var/run/docker.sock
      echo "##vso[task.setvariable variable=said]from inside"
  - script: test -e ~/only-here && echo "$(said)"; exit 3
    continueOnError: true
  - task: CopyFiles@2
    inputs: {Contents: data.txt, TargetFolder: $(Build.ArtifactStagingDirectory)}
  - script: test -e /home/vsts/work/1/a/data.txt && test -e ../shared/seen && test ! -e ~/only-here && pwd
    target: host
  - script: test ! -e ~/only-here && cat data.txt && echo "beside is $COLOUR"; echo '$(Agent.ContainerMapping)'
    target: beside
  - script: python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80), 0.3)'
    displayName: another network
    continueOnError: true
  - bash: |
      python3 - <<'END'
      import os, urllib.request
      asked = urllib.request.Request(f"{os.environ['SYSTEM_COLLECTIONURI']}_apis/projects?api-version=7.1")
      asked.add_header("Authorization", f"Bearer {os.environ['TOKEN']}")
      print("server says", urllib.request.urlopen("http://127.0.0.1:8083/").read().decode())
      print("service says", urllib.request.urlopen(asked).status)
      END
    env: {TOKEN: $(System.AccessToken)}
"""


def names(timeline):
    return [
        record["name"]
        for record in sorted(timeline, key=lambda each: each["order"])
        if record["type"] == "Task"
    ]


def test_a_job_runs_in_its_image_with_the_agents_directories(build):
    found, log, timeline = build(
        YAML,
        {"data.txt": "from the repository\n"},
    )
    assert log.count("from the repository\n") >= 2, log
    assert f"at /__w/1/s on inside in red {found['id']} as " in log
    assert "/__w/1/s /__w/_temp /__t /__w/1\n" in log
    assert "beside is blue" in log
    assert '"beside": {' in log
    assert "from inside" in log
    assert "Bash exited with code '3'." in log
    assert "/home/vsts/work/1/s" in log
    assert "service says 200" in log
    assert "Z server says left behind\n" in log
    assert "TimeoutError" in log or "No route to host" in log or "unreachable" in log
    assert found["result"] == "partiallySucceeded", log
    said = names(timeline)
    assert said[:2] == ["Initialize job", "Initialize containers"]
    assert said[-2:] == ["Stop Containers", "Finalize Job"]
    assert "##[command]/usr/bin/docker create --name job_" in log
    assert "Grant user '" in log
    assert "Remove container network: vsts_network_" in log
