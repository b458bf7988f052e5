"""What providers say: their own payloads turned into our events, and what their codes mean for a person's choices."""
