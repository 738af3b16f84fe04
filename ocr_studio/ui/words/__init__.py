"""The word table and its editors."""
