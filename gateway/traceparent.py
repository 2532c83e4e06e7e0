"""Continue the caller's trace, or begin one (W3C Trace Context, level 1)."""

import re
import secrets

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")


def continue_trace(header: str | None) -> tuple[str, str]:
    """Return the identifier of the trace, and the `traceparent` of our own span in it."""
    given = _TRACEPARENT.fullmatch(header.strip()) if header else None
    trace, flags = given.groups() if given else (secrets.token_hex(16), "00")
    return trace, f"00-{trace}-{secrets.token_hex(8)}-{flags}"
