"""The agent's checkout: init, fetch with the job's token in a header, detached checkout of one commit."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

HEADER = "CHECKOUT_HEADER"
# Submodules lie beside their repository, or are named by the service's address (GitSourceProvider: the authority's).
AUTHORITIES = ("http://localhost:4567/", "https://dev.azure.com/")
# As the agent: a fetch whose server is away is tried three times (azure-pipelines-agent, GitSourceProvider).
FETCH_TRIES, BACK_OFF_SECONDS = 3, 3
FILTERS = ("tree:0", "blob:none")


def run(*arguments: str, shown: str = "", tries: int = 1) -> None:
    """One git command, shown as the agent shows it; ends the program where its last try fails."""
    shown = shown or " ".join(arguments)
    for left in range(tries - 1, -1, -1):
        print(f"##[command]git {shown}", flush=True)
        code = subprocess.run(["git", *arguments], stderr=subprocess.STDOUT, check=False).returncode
        if not code:
            return
        if left:
            seconds = BACK_OFF_SECONDS * (tries - left)
            word = shown.split()[0]
            text = f"Git {word} failed with exit code {code}, back off {seconds} seconds before retry."
            print(f"##[warning]{text}", flush=True)
            time.sleep(seconds)
    word = " ".join(each for each in shown.replace("-", " ", 1).split()[:2] if each.isalpha())
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
    if text.isdecimal() and int(text) > 0:
        return [f"--depth={int(text)}"]
    return ["--unshallow"] if Path(".git/shallow").exists() else []


def filters() -> list[str]:
    """Those filters of history that the agent knows; others are left out, as it does."""
    return [
        f"--filter={each.strip()}" for each in setting("FETCHFILTER").split("+") if each.strip() in FILTERS
    ]


def with_header(*keys: str) -> list[str]:
    """The options that let git send the job's token, from the environment: no command line holds it."""
    return [f"--config-env=http.{key}extraheader={HEADER}" for key in keys]


def clean() -> None:
    """Undo what was done to a repository that is there, its submodules included."""
    run("clean", "-ffdx")
    run("reset", "--hard", "HEAD")
    if setting("SUBMODULES") in ("true", "recursive"):
        run("submodule", "foreach", "--recursive", "git clean -ffdx")
        run("submodule", "foreach", "--recursive", "git reset --hard HEAD")


def choose_files(*, again: bool) -> None:
    """Sparse checkout: directories in cone mode go before patterns; ended where it is not wanted any more."""
    directories, patterns = (
        os.environ.get(f"CHECKOUT_SPARSECHECKOUT{each}", "") for each in ("DIRECTORIES", "PATTERNS")
    )
    chosen, mode = (directories, "--cone") if directories.strip() else (patterns, "--no-cone")
    if chosen.strip():
        run("sparse-checkout", "init", mode)
        run("sparse-checkout", "set", *shlex.split(chosen))
    elif again:
        run("sparse-checkout", "disable")


def fetch(commit: str) -> None:
    """Fetch the commit; without a depth every branch comes with it, as on the service."""
    tags = "--no-tags" if setting("FETCHTAGS") in ("false", "0", "$false") else "--tags"
    arguments = [
        "fetch",
        "--force",
        tags,
        "--prune",
        "--no-recurse-submodules",
        "--quiet",
        "origin",
        *depth(),
        *filters(),
    ]
    shallow = any(each.startswith("--depth") for each in arguments)
    wanted = [f"+{commit}:refs/remotes/origin/{commit}"]
    arguments += wanted if shallow else ["+refs/heads/*:refs/remotes/origin/*", f"+{commit}"]
    run(*with_header(""), *arguments, shown=" ".join(arguments), tries=FETCH_TRIES)


def fetch_submodules() -> None:
    """The submodules that the commit names, of one level or of all."""
    recursive = ["--recursive"] if setting("SUBMODULES") == "recursive" else []
    run("submodule", "sync", *recursive)
    shallow = [each for each in depth() if each.startswith("--depth")]
    arguments = ["submodule", "update", "--init", "--force", *shallow, *filters(), *recursive]
    keys = [f"{authority}." for authority in AUTHORITIES]
    run(*with_header(*keys), *arguments, shown=" ".join(arguments))


def main() -> int:
    """Leave the commit checked out in the target directory."""
    target, url, commit = (os.environ[f"CHECKOUT_{name}"] for name in ("TARGET", "URL", "COMMIT"))
    Path(target).mkdir(parents=True, exist_ok=True)
    os.chdir(target)
    os.environ.update(GIT_TERMINAL_PROMPT="0", GIT_LFS_SKIP_SMUDGE="1")
    again = Path(".git").exists()
    if again and truth("CLEAN"):
        clean()
    if not again:
        run("init", "--quiet", target)
        run("remote", "add", "origin", url)
    choose_files(again=again)
    run("config", "gc.auto", "0")
    fetch(commit)
    run(
        *with_header(f"{AUTHORITIES[0]}."),
        "checkout",
        "--quiet",
        "--force",
        commit,
        shown=f"checkout --quiet --force {commit}",
    )
    if setting("SUBMODULES") in ("true", "recursive"):
        fetch_submodules()
    if truth("PERSISTCREDENTIALS"):
        key = f"http.{url}.extraheader"
        run("config", key, os.environ[HEADER], shown=f"config {key} AUTHORIZATION: bearer ***")
    print(
        subprocess.run(
            ["git", "log", "-1", "--format=%H %s"], capture_output=True, text=True, check=True
        ).stdout
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
