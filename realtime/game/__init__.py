"""One dance in front of a camera, and the pages around it."""
