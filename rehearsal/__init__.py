"""The same deployment on one machine: an embedded AWS and a transform engine."""
