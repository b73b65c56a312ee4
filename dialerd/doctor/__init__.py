"""What to check before dialing, how to see it and what to do about it."""
