"""The console in Spanish, a module a topic; the other language has the same keys."""
