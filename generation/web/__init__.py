"""The pages: shells drawn by the server, brought to life by the modules under `static/js/`."""
