"""The agent's checkout: init, fetch with the job's token in a header, detached checkout of one commit."""

import os
import subprocess
import sys
from pathlib import Path

HEADER = "CHECKOUT_HEADER"


def run(*arguments: str, shown: str = "") -> None:
    """One git command, shown as the agent shows it; ends the program where it fails."""
    print(f"##[command]git {shown or ' '.join(arguments)}", flush=True)
    done = subprocess.run(["git", *arguments], stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(
            f"##vso[task.logissue type=error]Git {arguments[0]} failed with exit code: {done.returncode}",
            flush=True,
        )
        sys.exit(done.returncode)


def setting(name: str) -> str:
    """An input of the step, in lower case."""
    return os.environ.get(f"CHECKOUT_{name}", "").strip().lower()


def truth(name: str) -> bool:
    """A boolean as the agent reads it."""
    return setting(name) in ("true", "1", "$true")


def depth() -> list[str]:
    """The fetch depth; what is no number is no limit."""
    text = setting("FETCHDEPTH")
    return [f"--depth={text}"] if text.isdigit() and int(text) > 0 else []


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
    run(config, *arguments, shown=" ".join(arguments))


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
