"""MiniStack in our own process, with what a deployment needs and it lacks."""
