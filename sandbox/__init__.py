"""The open test environment: personas, simulators over HTTP, faults on demand, sandbox tokens."""
