"""The steps of the scenarios: sentences of the pattern's text, done and checked over the wire.

In: a world. Out: pytest-bdd step functions. Never: an import of a room behind the wire.
"""
