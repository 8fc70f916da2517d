"""Programs of the AWS toolkit's tasks, with what they share: signing in, the SDK, the agent's commands.

In: INPUT_*, ENDPOINT_AUTH_PARAMETER_* and VARIABLE_* variables. Out: log lines, logging commands, calls of AWS.
Never: the simulator's code; each program is started as a file and imports its neighbours by their bare names.
"""
