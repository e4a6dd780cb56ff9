"""The whole game measured: GPU, sound, window, live loop."""
