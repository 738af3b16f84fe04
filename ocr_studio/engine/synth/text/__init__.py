"""What is written on synthetic boards: words, phrases, languages."""
