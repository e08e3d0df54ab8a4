"""The pages of the staff: the queue, a case, sign-in. Services are called, never repositories."""
