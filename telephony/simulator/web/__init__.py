"""What people and commands use: the script API, the phone socket, the text stream and the page."""
