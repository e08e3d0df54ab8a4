"""A customer's statement behind a link that expires."""
