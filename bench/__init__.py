"""Side-by-side measures: the gateway against a bare forwarder of the same three calls, on loopback."""
