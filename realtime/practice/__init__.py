"""A passage danced again and again."""
