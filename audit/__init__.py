"""What was asked and answered. Append-only; never a value read from a source."""
