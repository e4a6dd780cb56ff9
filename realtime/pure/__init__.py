"""Arithmetic only: no device, no file, no clock. What goes in decides what comes out."""
