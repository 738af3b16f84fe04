"""Training as data: events, runs, results, reports and their wording."""
