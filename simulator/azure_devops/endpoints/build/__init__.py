"""The build area: definitions, builds, timelines, logs, artifacts.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: running.
"""
