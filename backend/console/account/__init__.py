"""The parts of the account page: its head, and a view for each tab."""
