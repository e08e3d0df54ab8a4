"""Register reads: taken from files, and turned into what was used."""
