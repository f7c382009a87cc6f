"""What must hold in every environment, before and after a change."""
