"""Who may do what: IAM policy documents and their evaluation, as values.

In: a request, the caller and the policies that apply. Out: a decision with its statement and AWS's words for it.
Never: a look-up of a policy, a clock, or a call.
"""
