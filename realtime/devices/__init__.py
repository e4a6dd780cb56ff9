"""What touches the world: cameras, sound, window, video files. One file, one library."""
