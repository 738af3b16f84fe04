"""Jobs for reviewing words: the queue, similar words, rules, and changes to many words."""
