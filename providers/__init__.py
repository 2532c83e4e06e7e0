"""Where data come from: one folder per source (adapter and simulator); `_*.py` is the shared mechanism."""
