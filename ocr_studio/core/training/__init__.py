"""Training as data: events, runs, results and reports."""
