"""Messages on their way out: written with the work that decided them, delivered afterwards."""
