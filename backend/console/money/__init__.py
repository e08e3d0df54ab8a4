"""What the money pages share, and their parts."""
