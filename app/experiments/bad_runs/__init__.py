"""Find a bad run: schedules and faults are drawn until a promise breaks, then as few as do it."""
