"""Reading order: lines, columns, paragraphs, baselines."""
