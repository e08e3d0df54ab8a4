"""Every table, one module a subject. Import the module that has the table; nothing is re-exported."""
