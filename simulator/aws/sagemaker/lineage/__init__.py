"""Lineage: artifacts, actions, contexts and their associations, made by hand or from what jobs did; and questions.

In: requests, and the facts of jobs, packages and endpoints. Out: a graph that QueryLineage walks.
Never: a change of what it describes.
"""
