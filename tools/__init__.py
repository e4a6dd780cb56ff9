"""Commands for makers; each file is one command (python -m tools.NAME)."""
