"""Training of the critic (poetry.critic): what it learns from, its network in torch, the loop."""
