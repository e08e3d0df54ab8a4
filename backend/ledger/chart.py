"""The chart of accounts: ids of the district's own ledger accounts, as migration 0001 made them.

A customer account's receivable has the account's own id, so posting to it needs no look-up.
"""

from uuid import UUID

RECEIVABLE = "receivable"

CASH = UUID("00000000-0000-4000-8000-000000001000")
WATER_REVENUE = UUID("00000000-0000-4000-8000-000000004000")
FEE_REVENUE = UUID("00000000-0000-4000-8000-000000004100")
CONVENIENCE_FEES = UUID("00000000-0000-4000-8000-000000004200")
"""What is charged on top of a payment for paying in a certain way (migration 0011). It pays nothing of a bill."""
ADJUSTMENTS = UUID("00000000-0000-4000-8000-000000004900")

UNAPPLIED = UUID("00000000-0000-4000-8000-000000002000")
"""Money received for an account that we do not know or that is closed (migration 0004)."""
OVER_AND_SHORT = UUID("00000000-0000-4000-8000-000000005000")
"""What a drawer had too much or too little (migration 0004)."""
BUDGET_DEFERRED = UUID("00000000-0000-4000-8000-000000001100")
"""What customers with a budget bill have used beyond what they were asked to pay so far (migration 0004)."""
