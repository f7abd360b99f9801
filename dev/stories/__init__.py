"""Whole calls, told as tales: what people do, how offices answer, and what must come of it."""
