"""Guess That Song!, both ways round."""
