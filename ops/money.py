"""Money as people write it."""


def dollars(cents: int) -> str:
    """`-123456` → `-$1,234.56`."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
