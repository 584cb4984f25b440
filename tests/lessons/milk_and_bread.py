"""The first lesson, read."""

from app.lessons.read import read_lesson
from app.main import ROOT, read_scenarios
from app.vocabulary import TERMS

FILE = "lessons/01-shared-carts/01-milk-and-bread.md"
SOURCE = (ROOT / FILE).read_text()
SCENARIOS = read_scenarios()
WORDS = {term.word for term in TERMS}
LESSON = read_lesson(SOURCE.encode(), FILE, SCENARIOS, WORDS)
