// The strip and the question card of a class: what the presenter may press next, what all may answer.
import { byId, html, say } from "../lib/dom.js";
import { keyOf } from "../ports/kept.js";

const NAMES = { predict: "the prediction", happened: "what happened", transfer: "the other story" };

export class Classroom {
  constructor({ code, questions }, app) {
    Object.assign(this, { code, questions, app, shown: "" });
    this.key = app.use === "present" ? keyOf(code) : "";
    byId("show-qr")?.addEventListener("click", (event) => {
      const shown = byId("qr").hidden;
      byId("qr").hidden = !shown;
      event.target.setAttribute("aria-expanded", String(shown));
    });
  }

  draw(app) {
    const { phase } = app.state;
    const key = JSON.stringify([phase, app.role, app.following, app.online, app.observers, app.votes]);
    if (key === this.shown) return;
    this.shown = key;
    const focused = document.activeElement?.id;
    say(byId("roll"), app.observers === null ? "" : `${app.observers} here`);
    // What leads back stays in sight, however far one has scrolled to look around.
    byId("class-strip").classList.toggle("around", !app.following);
    say(byId("class-say"), this.sentence(app, phase));
    byId("class-buttons").replaceChildren(...this.buttons(app, phase));
    this.card(app, phase);
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }

  sentence(app, phase) {
    if (app.use === "present" && app.role === "follows") return "Another device presents now, or this address has no secret. You follow.";
    if (!app.following) return "You are looking around.";
    if (!phase && app.use === "projector") return "Type this address or scan the QR code.";
    if (!phase) return app.role === "drives" ? "You drive: what you do here, everybody sees." : "You follow the presenter.";
    const answered = `${phase.answers} answered`;
    if (phase.right !== null) return `The answer is shown. ${answered}.`;
    if (phase.split) return phase.has_run && !phase.ran ? `The split is shown, the run is still to come. ${answered}.` : `The split is shown. ${answered}.`;
    if (phase.closed) return `The vote is closed. ${answered}.`;
    if (app.role === "drives" || app.use === "projector") return `The vote is open. ${answered}.`;
    return phase.name in app.votes ? "Answered. You may change it until the vote is closed." : "Choose your answer.";
  }

  buttons(app, phase) {
    if (!app.following) return [this.button("come-back", "Back to the presenter", () => app.returnToRoom(), true)];
    if (app.use === "projector") return [];
    if (app.role !== "drives") {
      return app.use === "present" ? [html("a", { href: "/class", class: "button" }, "Take over with the recovery code")] : [];
    }
    const show = (what) => () => app.ask({ type: "show", question: phase.name, what });
    const buttons = [];
    if (!phase || (phase.right !== null)) {
      const at = phase ? this.questions.indexOf(phase.name) + 1 : 0;
      const next = this.questions[at];
      if (next) buttons.push(this.button("step", `Ask about ${NAMES[next]}`, () => app.ask({ type: "pose", question: next }), true));
      if (!phase) for (const name of this.questions) if (name !== next) buttons.push(this.button(`ask-${name}`, `Ask about ${NAMES[name]}`, () => app.ask({ type: "pose", question: name })));
      if (phase) buttons.push(this.button("put-away", "Put the question away", show("withdrawn")));
      return buttons;
    }
    if (!phase.closed) buttons.push(this.button("step", "Close the vote", show("closed"), true));
    else if (!phase.split) buttons.push(this.button("step", "Show the split", show("split"), true));
    else if (phase.has_run && !phase.ran) buttons.push(this.button("step", phase.button, show("run"), true));
    else buttons.push(this.button("step", "Show the answer", show("answer"), true));
    if (phase.closed && !phase.split && phase.has_run && !phase.ran) buttons.push(this.button("run-now", phase.button, show("run")));
    buttons.push(this.button("put-away", "Take the question back", show("withdrawn")));
    return buttons;
  }

  button(id, words, press, filled = false) {
    return html("button", { type: "button", id, class: filled ? "filled" : "plain", disabled: !this.app.online, on: { click: press } }, words);
  }

  card(app, phase) {
    const card = byId("question-card");
    card.hidden = !phase;
    if (!phase) { card.replaceChildren(); return; }
    const mine = app.votes[phase.name];
    // While the run is shown the stage needs the room: the question steps back to one line.
    const watching = phase.has_run && phase.ran && phase.right === null;
    card.classList.toggle("watching", watching);
    card.classList.toggle("short", phase.right === null);
    const votes = !phase.closed && app.role === "follows" && app.use === "follow" && app.online;
    const total = Math.max(1, phase.answers);
    const options = [...phase.options, "I don’t know"];
    card.replaceChildren(
      html("p", { class: "asked", id: "asked" }, phase.ask),
      watching ? html("p", { class: "second" }, mine === undefined ? "" : `You said: ${mine < 0 ? "I don’t know" : phase.options[mine]}`) : html("ul", { "aria-labelledby": "asked" }, options.map((text, i) => {
        const choice = i === phase.options.length ? -1 : i;
        return html("li", {}, this.option({ app, phase, text, choice, i, mine, votes, total }));
      })));
  }

  option({ app, phase, text, choice, i, mine, votes, total }) {
    const right = phase.right === choice && phase.right !== null;
    const count = phase.split?.[i];
    const share = count === undefined ? null : html("span", { class: "share" }, html("meter", { min: 0, max: total, value: count, "aria-hidden": "true" }), String(count));
    const tempts = phase.right !== null && phase.tempts[i] ? html("span", { class: "tempts" }, phase.tempts[i]) : null;
    const words = html("span", {}, right ? "✓ " : "", text, right ? html("span", { class: "out-of-sight" }, ", this is what holds") : null, tempts ? html("br") : null, tempts);
    return html("button", {
      type: "button", id: `choice-${i}`, class: `choice${right ? " right" : ""}`, disabled: !votes,
      "aria-pressed": mine === undefined ? (votes ? "false" : null) : String(mine === choice),
      on: { click: () => { app.votes = { ...app.votes, [phase.name]: choice }; app.ask({ type: "vote", question: phase.name, choice }); app.draw(true); } },
    }, words, share);
  }
}
