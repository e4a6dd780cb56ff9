"""Dancing together: random play dance, several before one camera, relay and duel."""
