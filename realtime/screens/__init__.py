"""What a player sees: each screen draws one view and answers keys."""
