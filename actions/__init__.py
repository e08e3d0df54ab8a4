"""What the assistant does for a customer: one module for each topic, all through the account API."""
