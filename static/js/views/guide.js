// The guide strip: one sentence, one filled button; at the end, equal doors. It never covers the stage.
import { byId, html, say } from "../lib/dom.js";

export class GuideStrip {
  // act: {steps(steps), skip()}
  constructor(scenario, act) {
    Object.assign(this, { scenario, act, shown: "" });
  }

  draw({ step, total }, skipped, blocked, note) {
    const key = JSON.stringify([step, skipped, blocked, note]);
    if (key === this.shown) return;
    const hadFocus = byId("guide-buttons").contains(document.activeElement);
    this.shown = key;
    const through = skipped || step >= total;
    const here = this.scenario.guide[step];
    say(byId("guide-step"), through ? "" : `${step + 1} of ${total}`);
    say(byId("guide-say"), through ? (note || this.last()) : here.say);
    const buttons = through ? this.doors(blocked) : this.step(here, blocked);
    byId("guide-buttons").replaceChildren(...buttons);
    if (hadFocus) buttons.find((button) => !button.disabled)?.focus({ preventScroll: true });
  }

  last() {
    return this.scenario.ending;
  }

  step(step, blocked) {
    return [
      html("button", { type: "button", class: "filled", id: "guide-go", disabled: blocked, on: { click: () => this.act.steps(step.steps) } }, step.button),
      html("button", { type: "button", class: "plain", on: { click: () => this.act.skip() } }, "Skip"),
    ];
  }

  doors(blocked) {
    return this.scenario.doors.map((door) => (door.lesson || door.scene
      ? html("a", { class: "door", href: door.lesson ? `/lessons/${door.lesson}` : `/scenes/${door.scene}${location.search}` }, door.button)
      : html("button", {
        type: "button", class: "door", disabled: blocked, on: { click: () => this.act.steps(door.steps, door.say) },
      }, door.button)));
  }
}
