"""The service: reads photos that are sent over HTTP. Its modules need the extra ``server``."""
