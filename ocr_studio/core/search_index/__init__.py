"""The search index of a project, in the program's own cache."""
