"""Training with torch; the only part of the package, with the torch stepper, that imports it."""
