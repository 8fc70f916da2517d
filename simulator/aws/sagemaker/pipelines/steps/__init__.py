"""What each step type does: one file a type, one table of them.

In: a step with its references resolved. Out: calls as the pipeline's role; properties, Metadata, an outcome, a reason.
Never: the graph, retries, the cache; a type that is not simulated fails where it runs, by name.
"""
