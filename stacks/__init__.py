"""The stacks of an environment: wiring of the constructs, and nothing else."""
