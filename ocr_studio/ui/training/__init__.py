"""The trainer panel."""
