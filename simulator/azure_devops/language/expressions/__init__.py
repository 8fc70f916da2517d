"""One engine for `${{ }}`, `$[ ]` and conditions: lexer, parser, values, functions, evaluation.

In: expression text and the contexts of its slot. Out: a value, or the service's sentence. Never: YAML, files, state.
"""
