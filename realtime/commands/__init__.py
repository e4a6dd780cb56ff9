"""What can be typed after ``kpopdance``; one file, one command."""
