"""From text to what the rules look at, once per message."""
