"""How long a request waits for its traces, whatever keeps them, and how many may wait."""

#: Seconds that a request waits for its trace, whatever happens to the disk.
BUDGET = 1.0
#: Deposits that may wait: more could not be made durable within the budget.
ATTENTE_MAX = 4096
