"""The time to compile a templated pipeline of 5,000 expanded lines, as a ratio to PyYAML reading the expanded text.

`python benchmarks/compile.py [--repeat N] [--profile]`. Both in the same process, the best of N; it asserts nothing.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable

import yaml

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.final_yaml import final_yaml
from simulator.azure_devops.language.plan import Plan

_ENVIRONMENTS = 12
_SERVICES = 12
_LISTED = "".join(
    f"    service{n}: {{path: src/service{n}, tests: {str(n % 2 == 0).lower()}, port: {8000 + n}}}\n"
    for n in range(_SERVICES)
)
_FILES = {
    "azure-pipelines.yml": f"""
parameters:
- name: environments
  type: object
  default: [{", ".join(f"env{n}" for n in range(_ENVIRONMENTS))}]
- name: services
  type: object
  default:
{_LISTED.rstrip()}
variables:
- template: variables.yml
- name: configuration
  value: Release
stages:
- ${{{{ each environment in parameters.environments }}}}:
  - template: stage.yml
    parameters:
      environment: ${{{{ environment }}}}
      services: ${{{{ parameters.services }}}}
""",
    "variables.yml": "variables:\n" + "".join(f"  setting{n}: value {n}\n" for n in range(40)),
    "stage.yml": """
parameters:
- {name: environment, type: string}
- {name: services, type: object}
stages:
- stage: ${{ parameters.environment }}
  displayName: Deploy ${{ upper(parameters.environment) }}
  variables:
    target: ${{ format('{0}-{1}', variables.setting1, parameters.environment) }}
  jobs:
  - ${{ each service in parameters.services }}:
    - job: ${{ service.key }}
      displayName: ${{ service.key }} to ${{ parameters.environment }}
      pool: {vmImage: ubuntu-latest}
      steps:
      - template: steps.yml
        parameters:
          service: ${{ service.key }}
          path: ${{ service.value.path }}
          port: ${{ service.value.port }}
          ${{ if eq(service.value.tests, true) }}:
            tests: true
""",
    "steps.yml": """
parameters:
- {name: service, type: string}
- {name: path, type: string}
- {name: port, type: number}
- {name: tests, type: boolean, default: false}
steps:
- checkout: self
  fetchDepth: 1
- script: make -C ${{ parameters.path }} build
  displayName: Build ${{ parameters.service }}
  env:
    PORT: ${{ parameters.port }}
    CONFIGURATION: ${{ variables.configuration }}
- ${{ if parameters.tests }}:
  - bash: |
      cd ${{ parameters.path }}
      pytest --junitxml=results.xml
    displayName: Test ${{ parameters.service }}
    condition: and(succeeded(), ne(variables['skip.tests'], 'true'))
- ${{ else }}:
  - script: echo no tests for ${{ parameters.service }}
- publish: ${{ parameters.path }}/dist
  artifact: ${{ parameters.service }}-${{ variables.setting2 }}
- ${{ if and(ne(variables.target, ''), startsWith(variables.target, 'value')) }}:
  - pwsh: Write-Host $(target) ${{ coalesce(variables.nothing, variables.setting3) }}
    env:
      TARGET: $(target)
""",
}


def _compile() -> Plan:
    return compile_pipeline("azure-pipelines.yml", _FILES.get, {}, {}, groups=lambda name: None)


def _best(work: Callable[[], object], repeat: int) -> float:
    """The shortest time of `repeat`, in seconds."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    plan = _compile()
    text = final_yaml(plan)
    if asked.profile:
        profile = cProfile.Profile()
        profile.runcall(_compile)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    compiled = _best(_compile, asked.repeat)
    written = _best(lambda: final_yaml(plan), asked.repeat)
    pure = _best(lambda: yaml.load(text, Loader=yaml.SafeLoader), asked.repeat)
    fast = _best(lambda: yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), asked.repeat)
    lines = text.count("\n")
    print(
        f"expanded lines: {lines}, stages: {len(plan.stages)}, jobs: {sum(len(s.jobs) for s in plan.stages)}"
    )
    print(f"compile: {compiled * 1000:.0f} ms; canonical YAML written: {written * 1000:.0f} ms")
    print(
        f"PyYAML reads the expanded text: {pure * 1000:.0f} ms in Python, {fast * 1000:.0f} ms with libyaml"
    )
    print(f"compile / PyYAML: {compiled / pure:.2f} in Python, {compiled / fast:.2f} with libyaml")


if __name__ == "__main__":
    main()
