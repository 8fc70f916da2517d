"""Readers: each turns one part of an expanded YAML tree into its part of the plan.

In: nodes without template expressions. Out: frozen plan values, and errors in the list. Never: evaluation, templates.
"""
