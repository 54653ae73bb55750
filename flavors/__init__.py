"""Style presets: flavors as folders of YAML and as rows; knows nothing of generation or assets."""
