"""Rules that need more than one value, grouped by what they are about."""
