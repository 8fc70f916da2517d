"""DeleteFiles@1: what patterns choose below a folder, files before their folders.

Source: DeleteFilesV1 of microsoft/azure-pipelines-tasks (behaviour and texts).
"""

import sys

from finding import absolute, find, remove  # type: ignore[import-not-found]  # beside this file when it runs
from minimatch import Options, match  # type: ignore[import-not-found]
from task_library import error, fail, flag, given, lines, say  # type: ignore[import-not-found]


def main() -> int:
    """Deletes; every path is tried, then the task fails where one could not be deleted."""
    source = absolute(given("SourceFolder"))
    patterns = [_rooted(source, line.strip()) for line in lines("Contents")]
    found = find(source)
    if not found:
        say("No files to delete.")
        return 0
    options = Options(nobrace=False, dot=flag("RemoveDotFiles"), match_base=True)
    failed = False
    for path in sorted(match(found, patterns, "", options), key=len, reverse=True):
        failed = not _gone(path) or failed
    if flag("RemoveSourceFolder") and not failed and len(find(source)) == 1:
        failed = not _gone(source)
    if failed:
        fail("Couldn't delete one or more files")
    return 0


def _rooted(source: str, pattern: str) -> str:
    """The pattern below the folder, its `!` in front."""
    text = pattern.lstrip("!")
    return "!" * (len(pattern) - len(text)) + f"{source}/{text}"


def _gone(path: str) -> bool:
    try:
        remove(path)
    except OSError as wrong:
        error(str(wrong))
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
