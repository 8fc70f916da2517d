"""Programs that run inside a job's room; each is started as a file, with its inputs in the environment.

In: INPUT_*, ENDPOINT_* and CHECKOUT_* variables. Out: log lines, logging commands, an exit code.
Never: the simulator's code.
"""
