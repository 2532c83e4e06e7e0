"""The server, the one place where the others meet."""
