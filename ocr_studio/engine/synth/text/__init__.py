"""Texts of synthetic boards: words, phrases, languages."""
