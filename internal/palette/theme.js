// The theme switch: system, light or dark. The browser stores the choice.

const THEMES = ["auto", "light", "dark"];
let theme = "auto";

// setTheme sets the theme; auto follows the system.
function setTheme(name) {
  theme = THEMES.includes(name) ? name : "auto";
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.getElementById("theme").textContent = `Theme: ${theme}`;
  document.dispatchEvent(new Event("themechange"));
}

// rememberedTheme returns the stored theme. Browsers may refuse storage to pages opened
// from files.
function rememberedTheme() {
  try {
    return localStorage.getItem("roadloop-theme") ?? "auto";
  } catch {
    return "auto";
  }
}

// nextTheme goes to the next theme and remembers it where the browser allows.
function nextTheme() {
  setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
  try {
    localStorage.setItem("roadloop-theme", theme);
  } catch {
    // It holds until the page is closed.
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTheme(theme));
document.getElementById("theme").addEventListener("click", nextTheme);
setTheme(rememberedTheme());
