"""The command line: one module a command; thin, as jobs do the work."""
