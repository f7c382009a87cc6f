"""Policies as formulas, and what a theorem prover says of them."""
