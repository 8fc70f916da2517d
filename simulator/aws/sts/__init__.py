"""AWS STS: sessions of roles, for callers of AWS and for those whom a web identity provider vouches for.

In: a role, and a caller or a token. Out: session credentials. Never: another cloud's code; providers are URLs.
"""
