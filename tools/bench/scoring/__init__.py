"""How fair the score is, and how well dances are told apart."""
