"""A short, fixed-seed run of the fuzz of the language."""

from __future__ import annotations

from tests.conformance.language_fuzz import DOCUMENTS, EXPRESSIONS, compile_document, evaluate, fuzz


def test_random_expressions_have_a_value_or_a_sentence():
    found = fuzz(EXPRESSIONS, evaluate, 2_000, 1, 20)
    assert sum(found.values()) >= 2_000
    assert min(found["value"], found["refused"]) > 20


def test_random_documents_compile_or_are_refused():
    found = fuzz(DOCUMENTS, compile_document, 600, 1)
    assert sum(found.values()) >= 600
    assert min(found["compiled"], found["refused"]) > 0
