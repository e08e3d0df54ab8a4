"""A person of ours takes a card by keys on a live call, and neither hears nor sees its number."""
