"""The pipelines language: YAML text, parameters and surroundings become a frozen plan, or every error at once.

In: the files of a repository at a commit, parameter values.
Out: a `Plan`, its canonical YAML, errors with their places.
Never: effects, rows, the clock of a run.
"""
