"""Who works here: sign-in, sessions and what each role may do."""
