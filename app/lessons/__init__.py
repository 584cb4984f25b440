"""Lesson text → Lesson, and what the engine's history says about its questions and its task."""
