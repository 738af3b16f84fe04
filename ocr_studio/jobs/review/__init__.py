"""Jobs of review: the queue, similar words, rules, choices for many words."""
