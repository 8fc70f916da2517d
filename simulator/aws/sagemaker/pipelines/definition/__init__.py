"""Pipeline definitions as values: parsed, checked whole, their references found and resolved.

In: the JSON of a definition, values for its parameters. Out: frozen dataclasses, resolved arguments, problems in words.
Never: the store, the clock, a call; nothing here has an effect.
"""
