"""The bundled song, computed."""
