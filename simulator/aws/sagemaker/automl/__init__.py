"""AutoML jobs on tables: a bounded search over candidates that are analysed, trained, compared and served for real.

In: the AutoML operations, rows of the jobs they start. Out: processing and training jobs in the reference image
`automl`, candidates, facts. Never: a candidate that was not trained, or a problem that is not a table.
"""
