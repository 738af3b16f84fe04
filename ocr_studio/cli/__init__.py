"""The command line: one thin module for each command; the jobs do the work."""
