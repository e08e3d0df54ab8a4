"""Messages the backend sends: texts through Twilio's REST, nudges to open chats."""
