"""The tasks a step can name: what exists, its inputs, and (beside this table) what it does.

In: a step of the plan. Out: the task's definition, the task's effect. Never: another task.
"""
