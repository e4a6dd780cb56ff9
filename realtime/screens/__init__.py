"""What the player sees and presses: screens draw frozen views and name what keys mean."""
