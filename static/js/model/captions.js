import { rankOf } from "./ops.js";

// The caption of one side: the story sentences since the last stop, the weightiest that fit.

const STORY = 2;
export const CAPTION = 90;
export const SPOKEN = 140;

export function caption(stories, sentences, design, limit = CAPTION) {
  const weighed = stories.map((row, i) => ({
    text: sentences.of(design, row), weight: sentences.weight(design, row), i,
  }));
  const chosen = [];
  let room = limit;
  for (const one of [...weighed].sort((x, y) => y.weight - x.weight || y.i - x.i)) {
    const needs = one.text.length + (chosen.length ? 1 : 0);
    if (needs > room || chosen.some((other) => other.text === one.text)) continue;
    room -= needs;
    chosen.push(one);
  }
  return chosen.sort((x, y) => x.i - y.i).map((one) => one.text).join(" ");
}

export const isStory = (ranks) => (row) => rankOf(ranks, row) >= STORY;
