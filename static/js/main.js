// The one composition root: reads the scene from the page, wires rows to pictures to views.
import { byId } from "./lib/dom.js";
import { App } from "./app.js";

const scene = JSON.parse(byId("scene").textContent);
// What only a class or a lesson needs is fetched there alone, and what a press opens after all else.
const { Classroom } = scene.class ? await import("./views/classroom.js") : {};
const app = new App(scene, Classroom);
window.quorate = app;
if (app.use === "lesson") (await import("./lesson.js")).lessonPage(app);
await app.rest();
