"""The Shakespeare laboratory: a vanilla RNN on characters, its gradients, its training, and what its units do."""
