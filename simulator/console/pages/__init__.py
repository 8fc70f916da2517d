"""One module a page: what it reads as the person, and the values that its template shows.

In: a visit. Out: a page, or where to go next. Never: HTML, a check of Host or Origin, a decision about who may.
"""
