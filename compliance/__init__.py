"""What public rule packs find in an environment, and what was acknowledged of it."""
