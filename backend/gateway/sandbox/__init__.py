"""The adapter for the sandbox processor (`processor/`): the demonstration's and the tests'."""
