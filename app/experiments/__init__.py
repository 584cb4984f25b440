"""One set-up, many seeds: curves of the engine's own code beside published ones."""
