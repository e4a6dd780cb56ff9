"""Dancing together: random play dance, ghosts and boards, several before one camera, relay and duel."""
