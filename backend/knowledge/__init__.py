"""The district's answers to general questions: one file each, one source for every channel."""
