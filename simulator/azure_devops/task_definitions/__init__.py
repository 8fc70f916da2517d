"""Definitions of tasks: the inputs, aliases and defaults of each task as its task.json has them.

In: a task reference. Out: its definition, its inputs by their canonical names.
Never: running a task.
"""
