"""Patchthrough: connects consenting supporters to public offices and counts what happened."""
