"""Model cards: documents about models, kept in versions, found by Search, exported as PDF.

In: requests; content that follows AWS's schema of model cards. Out: rows, and a PDF in the caller's bucket.
Never: an opinion about a model that nobody wrote down.
"""
