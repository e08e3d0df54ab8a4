"""What was recorded of calls with people, and listening to it: messages and calls."""
