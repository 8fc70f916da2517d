"""PowerShell@2, `pwsh` and `powershell`: a script of the agent's temporary directory, run by the pwsh on PATH.

Source: PowerShellV2 of microsoft/azure-pipelines-tasks (preferences, the exit code, how pwsh is started). The agent
brings no PowerShell: where there is none on PATH, the step is refused by name.
"""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.scripts import check_exists, program, working_directory
from simulator.kernel.errors import NotSimulated

_PREFERENCES = (
    ("ErrorActionPreference", "errorActionPreference", "Stop"),
    ("WarningPreference", "warningPreference", "Default"),
    ("InformationPreference", "informationPreference", "Default"),
    ("VerbosePreference", "verbosePreference", "Default"),
    ("DebugPreference", "debugPreference", "Default"),
    ("ProgressPreference", "progressPreference", "SilentlyContinue"),
)
_KNOWN = ("stop", "continue", "silentlycontinue", "default")
# The script's own exit code would be lost behind `-Command`.
_LAST_EXIT_CODE = "if (Test-Path -LiteralPath variable:\\LASTEXITCODE) { exit $LASTEXITCODE }"
_OUTPUT = "========================== Starting Command Output ==========================="


async def powershell(call: TaskCall) -> int:
    """An inline script, or a file of the repository with arguments."""
    if call.flag("showWarnings"):
        raise NotSimulated(
            "PowerShell with showWarnings", "Write ##vso[task.logissue type=warning] yourself."
        )
    if await call.run(Program(("bash", "-c", "command -v pwsh >/dev/null"), portable=True)):
        remedy = "Install PowerShell where the steps run, or use bash or Python in the step."
        raise NotSimulated("PowerShell (no pwsh on the agent's PATH)", remedy)
    directory = working_directory(call, call.input("workingDirectory"))
    script = _script(call)
    call.attempt.say("Generating script.")
    name = f"{call.attempt.record}.ps1"
    path = call.seen(call.job.files.write_temporary(name, f"\ufeff{_contents(call, script)}\n"))
    call.attempt.say(_OUTPUT)
    operator = "&" if call.flag("runScriptInSeparateScope") else "."
    command = ("pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", f"{operator} '{path}'")
    code = await call.run(program(command, directory, call.flag("failOnStderr")))
    if code:
        call.attempt.error(f"PowerShell exited with code '{code}'.")
    return code


def _script(call: TaskCall) -> str:
    if call.input("targetType").lower() == "inline":
        return call.input("script")
    path = call.input("filePath")
    path = path if path.startswith("/") else f"{call.seen(call.job.directory)}/{path}"
    if not path.lower().endswith(".ps1"):
        raise TaskFailed(f"Invalid file path '{path}'. A path to a .ps1 file is required.")
    check_exists(call, path, "filePath")
    return f". {_quoted(path)} {call.input('arguments')}".rstrip()


def _contents(call: TaskCall, script: str) -> str:
    lines = []
    for variable, name, default in _PREFERENCES:
        wanted = call.input(name) or default
        if wanted.lower() not in _KNOWN:
            raise TaskFailed(
                f"Invalid {name} '{wanted}'. The value must be one of: 'Default', 'Stop', 'Continue', or"
                " 'SilentlyContinue'"
            )
        if wanted.lower() != "default":
            lines.append(f"${variable} = '{wanted}'")
    return "\n".join([*lines, script, *([] if call.flag("ignoreLASTEXITCODE") else [_LAST_EXIT_CODE])])


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


EFFECTS: dict[tuple[str, int], TaskEffect] = {("PowerShell", 2): powershell}
