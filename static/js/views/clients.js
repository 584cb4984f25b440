// How each shopper asks: where it enters, where it is, what it does without an answer; and the
// clients in the background. Every choice is one command for both databases.
import { html } from "../lib/dom.js";

const RETRIES = {
  off: ["Give up.", "Nothing is done twice. Nobody knows what came of the request."],
  blind: ["Ask again, as if anew.", "More requests get an answer, at most twice asked again. A write may be applied twice."],
  with_id: ["Ask again, by id.", "A node that has applied the request answers for it instead of applying it again. It must keep the ids; without a leader it knows only what it still holds."],
};

const capital = (name) => name[0].toUpperCase() + name.slice(1);

export const tripOf = (scenario, a, b) => scenario.round_trips.find(({ between }) => between.includes(a) && between.includes(b))?.ms;

function place(scenario, client, regions) {
  const here = regions[client.name];
  const there = regions[client.entry];
  if (!here) return `What it asks goes through ${client.entry}, and so does the answer.`;
  const ms = tripOf(scenario, here, there);
  return `What it asks goes through ${client.entry} in ${there}, ${ms ? `${ms} ms there and back` : "the region where it is"}.`;
}

function choice(words, name, values, current, chosen) {
  return html("label", { class: "choice" }, `${words} `, html("select", { name, on: { change: (event) => chosen(event.target.value) } },
    values.map((value) => html("option", { value, selected: value === current }, value))));
}

// `picture`: of either side, for both hear the same; act: {commands(list)}.
export function clientsPart(scenario, picture, act) {
  const shoppers = Object.entries(picture.clients).map(([name, client]) => {
    const set = (setting) => (value) => act.commands([{ type: "configure_client", client: name, setting, value }]);
    const region = picture.regions[name];
    return html("fieldset", { id: `client-${name}` },
      html("legend", {}, capital(name), html("span", { class: "second" }, " · from the next request on")),
      html("div", { class: "acts" }, choice("Enters at", `${name}-entry`, Object.keys(picture.nodes), client.entry, set("entry")),
        region ? choice("Is in", `${name}-region`, scenario.regions.map((one) => one.name), region, set("region")) : null),
      html("p", {}, place(scenario, { name, entry: client.entry }, picture.regions)),
      html("p", { id: `silence-${name}` }, "Without an answer in time:"),
      html("div", { role: "radiogroup", "aria-labelledby": `silence-${name}` }, Object.entries(RETRIES).map(([value, [title, sentence]]) => html("label", { class: "option" },
        html("input", { type: "radio", name: `${name}-retries`, value, checked: client.retries === value, on: { change: () => set("retries")(value) } }),
        html("span", {}, html("b", {}, title), ` ${sentence}`)))));
  });
  return [html("h2", {}, "Clients"), ...shoppers, scenario.workload ? workload(scenario.workload, picture, act) : null].filter(Boolean);
}

function workload({ clients, per_second: rate, reads_percent: reads }, picture, act) {
  return html("fieldset", { id: "workload" }, html("legend", {}, "Background"),
    html("label", { class: "option" },
      html("input", { type: "checkbox", name: "workload", checked: picture.workload, on: { change: (event) => act.commands([{ type: "set_workload", on: event.target.checked }]) } }),
      html("span", {}, html("b", {}, `${clients === 1 ? "One client works" : `${clients} clients work`} in the background.`),
        ` ${rate} operations a second, ${reads} in a hundred of them reads. The same in both databases; judged and counted, and not drawn.`)));
}
