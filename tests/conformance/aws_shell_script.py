"""The real AWSShellScript task and ours, one after the other in one step: do their scripts get the same environment?

    npm ci --ignore-scripts && npx ts-node ./build-scripts/generateRunners.ts && npx tsc -p ./     # in CHECKOUT
    python -m tests.conformance.aws_shell_script CHECKOUT [FORM]             # aws/aws-toolkit-azure-devops, with node

Each form of credentials is a pipeline on a simulator: where the agent starts our program, the toolkit's own program
runs too, by node, with the contract of the agent's Node handler, and both scripts print their environment.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.azure_devops.tasks.programs import TaskWorld

TASK = "AWSShellScript"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
MARK = "ENVIRONMENT "
SCRIPT = f"""
python3 -c 'import json, os; print("{MARK}" + json.dumps(dict(os.environ)))'
echo "IDENTITY $(aws sts get-caller-identity --region us-east-1 --query Arn --output text 2>/dev/null)"
"""
ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"


@dataclass(frozen=True)
class Form:
    """One way to give the task credentials and a region."""

    name: str
    connection: Mapping[str, str] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    region: str = "US-East-1"
    more: Mapping[str, str] = field(default_factory=dict)


class BothTasks(TaskWorld):
    """Runs the toolkit's own program beside ours."""

    def __init__(self, build: Path) -> None:
        super().__init__()
        self._build = build
        self.printed: dict[str, str] = {}

    async def _perform(self, work: Any) -> str:
        printed = await super()._perform(work)
        if work.command[-1].endswith("/aws_shell_script.py"):
            self.printed = {"ours": printed, "real": await self._real(self.environments[-1])}
        return printed

    async def _real(self, ours: Mapping[str, str]) -> str:
        process = await asyncio.create_subprocess_exec(
            "node",
            str(self._build / "src" / "tasks" / TASK / f"{TASK}.runner.js"),
            env=self._contract(ours),
            cwd=ours["SYSTEM_DEFAULTWORKINGDIRECTORY"],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return printed.decode()

    def _contract(self, ours: Mapping[str, str]) -> dict[str, str]:
        """What the agent's Node handler sets, from what our program was given."""
        own = ("ENDPOINT_", "VARIABLE_", "INPUT_SCRIPT=", "INPUT_DIRECTORY=")
        made = {name: value for name, value in ours.items() if not f"{name}=".startswith(own)}
        connection = ours.get("INPUT_AWSCREDENTIALS", "")
        prefix = f"ENDPOINT_AUTH_PARAMETER_{connection}_"
        names = {name.upper(): name for name in _PARAMETERS}
        given = {
            names[name.removeprefix(prefix)]: value
            for name, value in ours.items()
            if connection and name.startswith(prefix)
        }
        if connection:
            made[f"ENDPOINT_AUTH_{connection}"] = json.dumps(
                {"scheme": "UsernamePassword", "parameters": given}
            )
        secrets = {
            name.removeprefix("VARIABLE_"): value for name, value in ours.items() if "VARIABLE_" in name
        }
        made |= {f"SECRET_{name}": value for name, value in secrets.items() if value}
        running = self.simulator.simulator.working
        made |= {
            "NODE_PATH": str(self._build / "src"),
            "HTTPS_PROXY": f"http://127.0.0.1:{running.proxy_port}",
            "NODE_EXTRA_CA_CERTS": str(running.certificates),
            "NO_PROXY": "localhost,127.0.0.1",
            "AGENT_VERSION": "4.255.0",
        }
        return made


_PARAMETERS = (
    "username",
    "password",
    "sessionToken",
    "assumeRoleArn",
    "roleSessionName",
    "externalId",
    "useOIDC",
)


def built(checkout: Path, place: Path) -> Path:
    """The compiled toolkit, with the version that its packaging writes into each task.json."""
    shutil.copytree(checkout / "build" / "src", place / "src")
    (place / "node_modules").symlink_to(checkout / "node_modules")
    given = json.loads((place / "src" / "tasks" / TASK / "task.json").read_text())
    whole = json.dumps({**given, "version": {"Major": "1", "Minor": "23", "Patch": "0"}})
    # Unpacked, the toolkit looks for it beside its library; its packages are one file beside their task.json.
    (place / "src" / "lib" / "task.json").write_text(whole)
    return place


def forms(world: TaskWorld) -> list[Form]:
    """Every form of credentials, and every place of a region."""
    person = world.simulator.simulator.topology.person("azure-devops")
    static = {"username": person.access_key_id, "password": person.secret_access_key}
    role = {**static, "assumeRoleArn": ROLE}
    sts = world.simulator.client("sts", "azure-devops")
    made = sts.assume_role(RoleArn=ROLE, RoleSessionName="earlier")["Credentials"]
    session = {
        "username": made["AccessKeyId"],
        "password": made["SecretAccessKey"],
        "sessionToken": made["SessionToken"],
    }
    external, oidc = roles(world)
    variables = {"AWS.AccessKeyID": static["username"], "AWS.SecretAccessKey": static["password"]}
    environment = {"AWS_ACCESS_KEY_ID": static["username"], "AWS_SECRET_ACCESS_KEY": static["password"]}
    named = {"roleSessionName": "named-session"}
    return [
        Form("connection with keys", static),
        Form("connection with keys and a session token", session),
        Form("connection with a role", role),
        Form("connection with a role and a session name", {**role, **named}),
        Form("external id", {**role, "assumeRoleArn": external, "externalId": "agreed"}),
        Form("external id that is wrong", {**role, "assumeRoleArn": external, "externalId": "other"}),
        Form("role that does not trust", {**role, "assumeRoleArn": ROLE.replace("AzureDevOps", "No")}),
        Form("longer session", role, {"aws.rolecredential.maxduration": "1800"}),
        Form("session of no length", role, {"aws.rolecredential.maxduration": "soon"}),
        Form("OIDC", {"assumeRoleArn": oidc, "useOIDC": "true"}),
        Form("OIDC with a session name", {"assumeRoleArn": oidc, "useOIDC": "true", **named}),
        Form("OIDC beside keys", {**static, "useOIDC": "true"}),
        Form("keys without their secret", {"username": static["username"]}),
        Form("variables", None, variables),
        Form("variables with a role", None, {**variables, "AWS.AssumeRoleArn": ROLE}),
        Form(
            "variables with a role, external id and session name",
            None,
            {
                **variables,
                "AWS.AssumeRoleArn": external,
                "AWS.ExternalId": "agreed",
                "AWS.RoleSessionName": "named-session",
            },
        ),
        Form("variables without the secret key", None, {"AWS.AccessKeyID": static["username"]}),
        Form(
            "connection before variables", role, {"AWS.AccessKeyID": "AKIAOTHER", "AWS.SecretAccessKey": "x"}
        ),
        Form("agent's environment", None, more=environment),
        Form("region of a variable", static, {"AWS.Region": "eu-west-1"}, region=""),
        Form("region of the environment", static, region="", more={"AWS_REGION": "eu-central-1"}),
        Form("region of the task before all", static, {"AWS.Region": "eu-west-1"}, region="eu-north-1"),
    ]


def roles(world: TaskWorld) -> tuple[str, str]:
    """A role that asks for an external id, and one that trusts the connections by their tokens."""
    from simulator.azure_devops import id_tokens

    iam = world.simulator.client("iam", "azure-devops", role=ROLE)
    issuer = id_tokens.issuer(world.simulator.simulator.azure_devops.organization)
    made = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[id_tokens.AUDIENCE])
    person = world.simulator.simulator.topology.person("azure-devops").arn
    subject = f"{issuer.removeprefix('https://')}:sub"
    statements = (
        {
            "Principal": {"AWS": person},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "agreed"}},
        },
        {
            "Principal": {"Federated": made["OpenIDConnectProviderArn"]},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringLike": {subject: "sc://acme/ml/*"}},
        },
    )
    arns = []
    for name, statement in zip(("WithExternalId", "ByToken"), statements, strict=True):
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
        arns.append(iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])
    return arns[0], arns[1]


def run(world: BothTasks, number: int, form: Form) -> list[str]:
    """Run one form; how the two environments, identities and ends differ."""
    inputs = {"regionName": form.region, "scriptType": "inline", "inlineScript": SCRIPT}
    if form.connection is not None:
        world.connection(f"form-{number}", **form.connection)
        inputs["awsCredentials"] = f"form-{number}"
    steps = [{"checkout": "none"}]
    steps += [{"bash": f'echo "##vso[task.setvariable variable={n}]{v}"'} for n, v in form.variables.items()]
    steps += [{"task": f"{TASK}@1", "inputs": inputs, "env": dict(form.more)}]  # type: ignore[dict-item]
    world.printed = {}
    world.run("".join(f"  - {json.dumps(step)}\n" for step in steps))
    ours, real = (_seen(world.printed[which]) for which in ("ours", "real"))
    return [
        f"{name}: ours {ours.get(name, 'absent')!r}, real {real.get(name, 'absent')!r}"
        for name in sorted(ours.keys() | real.keys())
        if ours.get(name) != real.get(name)
    ]


def _seen(printed: str) -> dict[str, str]:
    """The environment that the script saw; keys of a session, new at each call, by their kind only."""
    found = re.search(rf"^{MARK}(.*)$", printed, re.MULTILINE)
    identity = re.search(r"^IDENTITY (.*)$", printed, re.MULTILINE)
    seen: dict[str, str] = json.loads(found[1]) if found else {}
    for name in _OF_THE_CONTRACT:
        seen.pop(name, None)
    if seen.get("AWS_ACCESS_KEY_ID", "").startswith("ASIA"):
        seen |= {name: f"of a session, {len(seen.get(name, ''))} characters" for name in KEYS}
    seen = {name: value for name, value in seen.items() if not name.startswith(("VSTS_", "npm_", "SECRET_"))}
    failed = re.search(r"##vso\[task\.complete result=Failed;?\](.*)", printed)
    said = failed[1].replace("%0A", "\n").partition(" because ")[0] if failed else ""
    return {**seen, "(identity)": identity[1] if identity else "", "(error)": said}


# What this script gives node to find its libraries and the simulator; the shell's own counters.
_OF_THE_CONTRACT = (
    "NODE_PATH", "HTTPS_PROXY", "NODE_EXTRA_CA_CERTS", "NO_PROXY", "AGENT_VERSION", "SHLVL", "_", "PWD", "OLDPWD",
)  # fmt: skip


def main(checkout: Path, only: str = "") -> int:
    """Print what differs, form by form, and how many do; with `only`, one form and all that was printed."""
    with tempfile.TemporaryDirectory() as place:
        world = BothTasks(built(checkout.resolve(), Path(place) / "build"))
        try:
            different = 0
            listed = [form for form in forms(world) if only in ("", form.name)]
            for number, form in enumerate(listed, start=1):
                differences = run(world, number, form)
                different += bool(differences)
                print(f"{'DIFFERENT' if differences else 'same':10}{form.name}", flush=True)
                for line in differences:
                    print(f"          {line}", flush=True)
                if only:
                    print(world.printed["ours"], world.printed["real"], sep="\n---- real ----\n")
            print(
                f"{len(listed) - different} of {len(listed)} forms give the same environment, identity and end"
            )
        finally:
            world.stop()
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
