"""A project on the disk: pages, history, session, what is saved together."""
