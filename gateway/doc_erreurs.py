"""Temporary."""


def render() -> str:
    """Return."""
    return ""
