"""One work in Linux namespaces of its own, or of an idle work: what its private root holds, and who keeps it.

In: a directory with a marshalled specification. Out: `output`, `started`, `exit` in that directory, and a
socket `serve`.
Never: an import beyond the standard library in the files that run inside (all but layout), or a file of the host
that the layout does not name.
"""
