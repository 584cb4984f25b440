// What a link for a class locks, and how its address is written.
import assert from "node:assert/strict";
import test from "node:test";
import { Offer, classQuery } from "../../static/js/model/offer.js";

test("each kind of act has its lock, and the refusal names it", () => {
  const offer = new Offer({ hidden: "log copies", locked: "faults settings" });
  assert.match(offer.refusal([[{ type: "crash", node: "n1" }]]), /^Faults are locked on this page/);
  assert.match(offer.refusal([[{ type: "add" }], [{ type: "configure" }]]), /^Settings are locked/);
  assert.equal(offer.refusal([[{ type: "add" }, { type: "read" }]]), "");
  assert.match(new Offer({ locked: "clients" }).refusal([[{ type: "remove" }]]), /^The shoppers are locked/);
  assert.equal(offer.hides("log") && !offer.hides("ledger"), true);
});

test("every kind of command falls under its lock, and under no other", () => {
  const kinds = {
    clients: ["add", "remove", "put", "increment", "read", "resolve", "configure_client", "set_workload"],
    settings: ["configure"],
    faults: ["cut_link", "cut_one_way", "heal_link", "cut_off", "crash", "restart", "wipe_node", "slow_node", "skew_clock", "promote", "heal_everything"],
  };
  for (const [lock, types] of Object.entries(kinds)) {
    for (const type of types) {
      for (const locked of Object.keys(kinds)) {
        const refused = new Offer({ locked }).refusal([[{ type }]]) !== "";
        assert.equal(refused, locked === lock, `${type} under ${locked}`);
      }
    }
  }
});

test("a page without a class link hides and locks nothing", () => {
  const offer = new Offer({});
  assert.equal(offer.refusal([[{ type: "crash" }]]), "");
  assert.equal(offer.hides("log"), false);
});

test("the address says only what differs", () => {
  assert.equal(classQuery(["ledger", "log"], ["ledger", "log"], []), "");
  assert.equal(classQuery(["ledger", "log"], ["ledger"], ["time", "faults"]), "?show=ledger&lock=time,faults");
  assert.equal(classQuery(["ledger", "log"], [], []), "?show=");
});
