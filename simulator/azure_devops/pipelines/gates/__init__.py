"""What a stage waits for before it runs: checks of its resources, and people.

In: a stage of a run. Out: allowed or not, and rows that people answer.
Never: running the stage.
"""
