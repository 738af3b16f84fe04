"""The application: start, main window, assembly of its parts."""
