"""The open document: pages, undo, saving, commands that change it."""
