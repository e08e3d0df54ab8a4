"""The verbs, one module for each group. Each module has a table `VERBS` of what it carries out."""
