"""Networks and kernels made: from other people's files to what the game runs."""
