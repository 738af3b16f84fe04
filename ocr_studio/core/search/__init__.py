"""Matching of texts: edit distance, confusable characters, several words, replacing."""
