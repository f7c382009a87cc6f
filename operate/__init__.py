"""What people run against a deployed environment."""
