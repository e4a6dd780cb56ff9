"""From a network's maps to followed, steadied skeletons."""
