"""How a query is answered: cost, plan, execution, projection; one loader per bloc."""
