"""Credits after a leak that was repaired, by the district's adopted policy."""
