"""Who may do what: namespaces, tokens, access control lists, groups, and what they come to for one caller.

In: an identity, a namespace, a token. Out: the bits that are allowed and denied; lists and groups as rows.
Never: a request, or the scope of a personal access token; the gateway asks both, and both must agree.
"""
