"""PowerShell and .NET in the closed room of a job: refused by name without their programs, run by those on PATH."""

from __future__ import annotations

from pathlib import Path

from tests.azure_devops.conftest import Served, working_copy
from tests.azure_devops.scripted import log_text

YAML = """
trigger: none
steps:
  - checkout: none
  - pwsh: Write-Host 'none'
    continueOnError: true
  - task: LambdaNETCoreDeploy@1
    inputs: {lambdaProjectPath: .}
    continueOnError: true
  - bash: |
      mkdir $(Agent.TempDirectory)/bin
      cat > $(Agent.TempDirectory)/bin/pwsh <<'PWSH'
      #!/bin/bash
      echo "started with $1 $2 $3 $4"
      file=${5#*\\'}
      cat "${file%\\'}"
      exit 7
      PWSH
      chmod +x $(Agent.TempDirectory)/bin/pwsh
      echo "##vso[task.prependpath]$(Agent.TempDirectory)/bin"
  - pwsh: Write-Host 'said'
    errorActionPreference: continue
"""


def test_powershell_runs_by_the_pwsh_that_is_there_and_is_refused_by_name_without(
    sandboxed: Served, tmp_path: Path
) -> None:
    git = working_copy(sandboxed, tmp_path)
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    with sandboxed.client("ada") as client:
        build = client.post("ml/_apis/pipelines/1/runs", json={}).json()
    sandboxed.rest()
    log = log_text(sandboxed, build)
    for line in (
        "PowerShell (no pwsh on the agent's PATH)",
        "started with -NoLogo -NoProfile -NonInteractive -Command",
        "$ErrorActionPreference = 'continue'",
        "$ProgressPreference = 'silentlyContinue'",
        "Write-Host 'said'",
        "exit $LASTEXITCODE",
        "PowerShell exited with code '7'.",
    ):
        assert line in log
    assert "Write-Host 'none'" not in log
    assert [fact.subject for fact in sandboxed.facts("NotSimulated")] == [
        "PowerShell (no pwsh on the agent's PATH)",
        "LambdaNETCoreDeploy (no dotnet on the agent's PATH)",
    ]
