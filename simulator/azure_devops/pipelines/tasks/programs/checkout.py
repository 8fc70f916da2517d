"""The agent's checkout: init, fetch with the job's token in a header, detached checkout of one commit."""

import os
import subprocess
import sys
import time
from pathlib import Path

HEADER = "CHECKOUT_HEADER"
# As the agent: a fetch whose server is away is tried three times (azure-pipelines-agent, GitSourceProvider).
FETCH_TRIES, BACK_OFF_SECONDS = 3, 3


def run(*arguments: str, shown: str = "", tries: int = 1) -> None:
    """One git command, shown as the agent shows it; ends the program where its last try fails."""
    shown = shown or " ".join(arguments)
    word = shown.split()[0]
    for left in range(tries - 1, -1, -1):
        print(f"##[command]git {shown}", flush=True)
        code = subprocess.run(["git", *arguments], stderr=subprocess.STDOUT, check=False).returncode
        if not code:
            return
        if left:
            seconds = BACK_OFF_SECONDS * (tries - left)
            text = (
                f"Git {arguments[0]} failed with exit code {code}, back off {seconds} seconds before retry."
            )
            print(f"##[warning]{text}", flush=True)
            time.sleep(seconds)
    print(f"##vso[task.logissue type=error]Git {word} failed with exit code: {code}", flush=True)
    sys.exit(code)


def setting(name: str) -> str:
    """An input of the step, in lower case."""
    return os.environ.get(f"CHECKOUT_{name}", "").strip().lower()


def truth(name: str) -> bool:
    """A boolean as the agent reads it."""
    return setting(name) in ("true", "1", "$true")


def depth() -> list[str]:
    """The fetch depth; what is no number is no limit."""
    text = setting("FETCHDEPTH")
    return [f"--depth={text}"] if text.isdecimal() and int(text) > 0 else []


def fetch(commit: str) -> None:
    """Fetch the commit; without a depth every branch comes with it, as on the service."""
    arguments = ["fetch", "--force", "--prune", "--no-recurse-submodules", "--quiet"]
    arguments += ["--no-tags"] if setting("FETCHTAGS") == "false" else ["--tags"]
    arguments += depth()
    if kept := os.environ.get("CHECKOUT_FETCHFILTER"):
        arguments.append(f"--filter={kept}")
    everything = [] if depth() else ["+refs/heads/*:refs/remotes/origin/*"]
    arguments += ["origin", *everything, f"+{commit}"]
    config = f"--config-env=http.extraheader={HEADER}"
    run(config, *arguments, shown=" ".join(arguments), tries=FETCH_TRIES)


def main() -> int:
    """Leave the commit checked out in the target directory."""
    target, url, commit = (os.environ[f"CHECKOUT_{name}"] for name in ("TARGET", "URL", "COMMIT"))
    Path(target).mkdir(parents=True, exist_ok=True)
    os.chdir(target)
    os.environ["GIT_TERMINAL_PROMPT"] = "0"
    if not Path(".git").exists():
        run("init", "--quiet", target)
        run("remote", "add", "origin", url)
    run("config", "gc.auto", "0")
    if truth("CLEAN"):
        run("clean", "-ffdx")
        run("reset", "--quiet", "--hard")
    fetch(commit)
    run("checkout", "--quiet", "--force", commit)
    if setting("SUBMODULES") in ("true", "recursive"):
        recursive = ["--recursive"] if setting("SUBMODULES") == "recursive" else []
        config = f"--config-env=http.extraheader={HEADER}"
        run(
            config,
            "submodule",
            "update",
            "--init",
            "--force",
            *recursive,
            shown="submodule update --init --force",
        )
    if truth("PERSISTCREDENTIALS"):
        run("config", "http.extraheader", os.environ[HEADER], shown="config http.extraheader ***")
    print(
        subprocess.run(
            ["git", "log", "-1", "--format=%H %s"], capture_output=True, text=True, check=True
        ).stdout
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
