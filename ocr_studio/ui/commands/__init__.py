"""Descriptions of actions, and the rules for their keys."""
