"""The chart of accounts: ids of the district's own ledger accounts, as migration 0001 made them.

A customer account's receivable has the account's own id, so posting to it needs no look-up.
"""

from uuid import UUID

RECEIVABLE = "receivable"

CASH = UUID("00000000-0000-4000-8000-000000001000")
WATER_REVENUE = UUID("00000000-0000-4000-8000-000000004000")
FEE_REVENUE = UUID("00000000-0000-4000-8000-000000004100")
ADJUSTMENTS = UUID("00000000-0000-4000-8000-000000004900")
