"""A real face detector and real photographs, for trying the whole thing out."""
