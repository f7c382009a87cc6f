"""What a change changes, one kind of thing to a module."""
