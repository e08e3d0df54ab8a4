"""What the card processor sends here: its webhooks, and whoever has been on one of its pages."""
