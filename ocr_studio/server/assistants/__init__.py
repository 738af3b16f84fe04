"""Read-only tools for assistants, which talk to the program over standard input and output (MCP)."""
