"""The tests; a package, so that its programs run as `python -m tests.conformance...`."""
