"""The journal on PostgreSQL, which several servers write at once: each opening appends to a partie of its own."""
