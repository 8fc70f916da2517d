"""The loop told in acts, each done by the person who would do it; scenarios and the demo share them.

In: a world. Out: what each act produced. Never: a wait that is not on the condition itself.
"""
