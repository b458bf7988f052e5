"""A stream worker that gives every outbound message one verdict against the acceptable use policy."""
