"""Search over resources: records made of rows, expressions that choose among them, suggestions of property names.

In: requests. Out: pages of records in the shapes of the service model.
Never: a change of anything.
"""
