"""Languages: word frequencies, spelling, characters."""
