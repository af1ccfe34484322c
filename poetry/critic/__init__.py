"""评家 (the critic): a small network that tells human verse from the writer's own; see docs/critic.md."""
