// The one composition root: reads the scene from the page, wires rows to pictures to views.
import { byId } from "./lib/dom.js";
import { App } from "./app.js";
import { lessonPage } from "./lesson.js";

const scene = JSON.parse(byId("scene").textContent);
window.quorate = new App(scene);
if (window.quorate.use === "lesson") lessonPage(window.quorate);
