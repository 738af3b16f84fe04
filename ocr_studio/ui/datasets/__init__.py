"""Exporting datasets: dialog and report."""
