"""Things without limbs: bicycles, vehicles, bags, bins."""
