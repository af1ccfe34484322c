"""Why does B follow A? Weights, units and their measured effects."""
