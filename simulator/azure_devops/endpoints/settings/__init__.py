"""Entries that clients keep with the organization: banners of the web, a person's own preferences.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a meaning of an entry; nothing here reads them.
"""
