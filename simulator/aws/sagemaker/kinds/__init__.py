"""The table of SageMaker's kinds of resource: one file a family, one row a kind.

In: nothing but the names, texts and lifecycles of AWS. Out: `Kind` rows; `table.TABLE` is all of them.
Never: a behaviour, a store, or what the service model already says.
"""
