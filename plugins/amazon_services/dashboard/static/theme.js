// Applies the theme: the user's choice on this page, else Airflow's, else the system's. Runs before the page is drawn.
"use strict";
(() => {
  const OWN = "services-theme", AIRFLOWS = "theme", ORDER = ["auto", "light", "dark"];
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const own = () => (ORDER.includes(read(OWN)) ? read(OWN) : "auto");
  const apply = () => {
    const wanted = own() === "auto" ? read(AIRFLOWS) : own();
    if (wanted === "light" || wanted === "dark") document.documentElement.dataset.theme = wanted;
    else delete document.documentElement.dataset.theme;
    const button = document.getElementById("theme");
    if (button) button.textContent = { auto: "Theme: as Airflow", light: "Theme: light", dark: "Theme: dark" }[own()];
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  // Airflow's theme switch, in the parent window
  addEventListener("storage", apply);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme").addEventListener("click", () => {
      localStorage.setItem(OWN, ORDER[(ORDER.indexOf(own()) + 1) % ORDER.length]);
      apply();
    });
  });
})();
