"""The conformance harness: the pattern's scenarios, run against the simulator or the real clouds.

In: where the clouds are and who acts. Out: HTTP with real clients, a verdict, a report. Never: a room behind the wire.
"""
