"""Results of an evaluation, and the pages and tables that show them."""
