"""What every kind of the table can do without a life of its own: be made, found, listed, changed, tagged, forgotten.

In: requests that the model has validated, rows of the table of kinds. Out: rows, and answers cut to the model's shape.
Never: a state that changes by itself, or a member that neither the request nor the table says.
"""
