"""The shell: one loop shows pages; what pages share, beside the window and before the camera."""
