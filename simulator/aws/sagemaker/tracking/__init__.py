"""What SageMaker writes by itself into experiments and lineage when jobs, packages and endpoints come about.

In: facts of jobs, packages and endpoints, and their rows. Out: trial components, artifacts, actions, contexts.
Never: a fact of its own: nothing has happened but what was told already.
"""
