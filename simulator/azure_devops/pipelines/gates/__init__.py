"""What a stage waits for before it runs: permission, the checks of its resources, people, and the lock.

In: a stage of a run. Out: allowed or not, and rows that people and callbacks answer.
Never: running the stage.
"""
