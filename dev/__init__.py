"""The workshop: the local stack, packaging and the doubles. Never deployed."""
