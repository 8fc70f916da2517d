"""The model registry: groups, their versions with metrics and lineage, approval, and who else may read them.

In: requests of people, pipelines and jobs. Out: rows, events of approval, a group's policy for authorization.
Never: a model's bytes, or a deployment: others act on what is said here.
"""
