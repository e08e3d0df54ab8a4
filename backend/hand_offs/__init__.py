"""Cases that the assistant hands to people, and what people do with them."""
