"""The parts of the billing pages: runs in a list, exceptions with their facts, totals that must agree."""
