"""Temporary."""


def source(nom: str, bloc: str) -> None:
    """Return."""
