"""Jobs on models: import, export, download."""
