"""The district as its files say, and staff who decide; as in the tests of fees."""

from tests.backend.fees.conftest import add_staff, district

__all__ = ["add_staff", "district"]
