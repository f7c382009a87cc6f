"""What a reviewer must know of a change, proved where it can be proved."""
