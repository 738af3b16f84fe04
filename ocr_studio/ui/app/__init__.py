"""The application: start, main window, and the assembly of its parts."""
