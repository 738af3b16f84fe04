"""Review of words: order, suggestions and similar words."""
