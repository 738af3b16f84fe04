"""What all commands print: results, errors and progress. May import: ``core``."""
