"""The web console on port 4568: server-rendered pages through which a person of the topology sees and decides.

In: a browser's requests, and who the person says they are. Out: calls to both clouds over HTTP with that person's
credentials, as pages. Never: keys of its own, a look into the store, an import of a cloud, a request to the outside.
"""
