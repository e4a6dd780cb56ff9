"""Hours of a simulated evening, and minutes of a real one."""
