"""The agent: one job's directories, variables, steps and log lines.

In: a job of a plan, its room. Out: results, log lines, what logging commands asked for.
Never: which job runs next, HTTP.
"""
