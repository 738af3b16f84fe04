"""What is known of a language: word frequencies, spelling, characters."""
