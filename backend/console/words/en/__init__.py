"""The console in English, a module a topic; the other language has the same keys."""
