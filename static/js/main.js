// The one composition root: reads the scene from the page, wires rows to pictures to views.
import { byId } from "./lib/dom.js";
import { App } from "./app.js";

const scene = JSON.parse(byId("scene").textContent);
// What only a class or a lesson needs is fetched there alone.
const { Classroom } = scene.class ? await import("./views/classroom.js") : {};
window.quorate = new App(scene, Classroom);
if (window.quorate.use === "lesson") (await import("./lesson.js")).lessonPage(window.quorate);
