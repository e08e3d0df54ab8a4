"""The front desk: who is expected, who is in the building, who lets them in, and the district's vendors."""
