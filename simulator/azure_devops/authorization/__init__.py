"""Which permission each request of REST needs, beyond the scope of its token.

In: a `Call` before its endpoint. Out: nothing, or the service's refusal.
Never: a change of state, or what a permission is worth; that is the room `security`.
"""
