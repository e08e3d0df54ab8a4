"""Who is served next, by whom; callers who hold, are called back, talk to a person, or leave a message."""
