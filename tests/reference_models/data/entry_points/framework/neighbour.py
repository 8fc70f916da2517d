"""What main.py imports from beside it."""


def greeting() -> str:
    """One word."""
    return "hello"
