"""The resource types: each a row that says which calls create, read, update and delete it.

In: checked properties. Out: calls through `Calls`, a physical id and attributes.
Never: stack state, or a type that only pretends.
"""
