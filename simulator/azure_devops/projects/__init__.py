"""Projects and their teams as rows: how they come, change and go.

In: what a request asks. Out: rows, and operations that clients poll.
Never: wire forms, HTTP.
"""
