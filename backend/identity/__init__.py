"""Who the customer is: two factors to hear account facts, a one-time code to change them."""
