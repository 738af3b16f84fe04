"""PDF files: searchable ones that are written, and the text that a PDF has of its own."""
