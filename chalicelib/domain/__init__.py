"""Decisions as functions from values to values. No AWS, Twilio, clock, id or chance: those come in."""
