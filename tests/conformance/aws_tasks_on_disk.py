"""The real tasks of the AWS toolkit, from their packages on disk, run by the simulator as a user's own.

    npm ci --ignore-scripts && npm run build && npm run copyResources && npm run package   # in a checkout of
    python -m tests.conformance.aws_tasks_on_disk TASKS      # aws/aws-toolkit-azure-devops; TASKS: its packaged tasks

TASKS holds a folder a task, with its task.json (with a version) and its one bundled script. Where packaging reaches
for the network, this makes the same bundle, with NODE_PATH=build/src and the toolkit's own patch of shelljs:
`esbuild build/src/tasks/T/T.runner.js --bundle --platform=node --outfile=TASKS/T/T.js`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.azure_devops.tasks.programs import TaskWorld

ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
GIVEN = {"awsCredentials": "aws-staging", "regionName": "us-east-1"}
SCRIPT = "aws sts get-caller-identity --query Arn --output text; echo region $AWS_REGION"
STEPS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("AWSShellScript", {"scriptType": "inline", "inlineScript": SCRIPT}, "assumed-role/AzureDevOpsRole/"),
    ("S3Upload", {"bucketName": "real", "sourceFolder": "$(Build.SourcesDirectory)", "globExpressions": "*.txt"},
     "All uploads to S3 completed"),
    ("AWSCLI", {"awsCommand": "s3", "awsSubCommand": "ls", "awsArguments": "s3://real"}, "hello.txt"),
    ("SystemsManagerGetParameter", {"readMode": "single", "parameterName": "/a/b"}, "Setting variable"),
)  # fmt: skip
"""A task, its inputs, and what its log must say."""


def main(folder: Path) -> int:
    """Run each task that is in the folder; print which did what it should."""
    world = TaskWorld(tasks=folder)
    wrong = 0
    try:
        world.simulator.client("s3", "azure-devops", role=ROLE).create_bucket(Bucket="real")
        parameters = world.simulator.client("ssm", "azure-devops", role=ROLE)
        parameters.put_parameter(Name="/a/b", Value="b", Type="String")
        for task, inputs, told in STEPS:
            if not (folder / task / "task.json").is_file():
                print(f"absent    {task}")
                continue
            result, log = world.run(_steps(world, task, inputs))
            good = result == "succeeded" and told in log
            wrong += not good
            print(f"{'as meant' if good else 'WRONG':10}{task}", flush=True)
            if not good:
                print(log)
    finally:
        world.stop()
    return 1 if wrong else 0


def _steps(world: TaskWorld, task: str, inputs: dict[str, str]) -> str:
    """The toolkit's SDK names the real hosts: here its steps are told of the proxy, as works are in a closed room."""
    running = world.simulator.simulator.working
    env = {
        "HTTPS_PROXY": f"http://127.0.0.1:{running.proxy_port}",
        "NODE_EXTRA_CA_CERTS": str(running.certificates),
        "NO_PROXY": "localhost,127.0.0.1",
    }
    step = {"task": f"{task}@1", "inputs": {**GIVEN, **inputs}, "env": env}
    return f"  - checkout: none\n  - bash: echo hello > hello.txt\n  - {json.dumps(step)}\n"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
