"""The demonstration: the whole loop, link by link, on a simulator of its own, with a report of what it proved.

In: an engine's name and a folder. Out: progress, a table of components, a report. Never: a claim that no link proved.
"""
