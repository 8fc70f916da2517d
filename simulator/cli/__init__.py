"""The `simulator` command.

In: arguments and the environment. Out: a running simulator, or HTTP to one, and text for people.
Never: the state of a simulator that runs.
"""
