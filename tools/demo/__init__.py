"""What shows the game to those who have not got it."""
