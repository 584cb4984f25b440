// The one composition root: reads the scene from the page, wires rows to pictures to views.
import { byId } from "./lib/dom.js";
import { App } from "./app.js";

const scene = JSON.parse(byId("scene").textContent);
window.quorate = new App(scene);
