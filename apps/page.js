// What the page does by itself: it says its language, shows where a poem appears, and marks the field that was wrong.
(() => {
  const tags = navigator.language.toLowerCase().split("-");
  const traditional = tags.includes("hant") || (!tags.includes("hans") && /^(tw|hk|mo)$/.test(tags.at(-1)));
  document.documentElement.lang = tags[0] !== "zh" ? "en" : traditional ? "zh-TW" : "zh-CN";

  const shown = () => document.querySelector("#cards article.verse");
  let awaited = false; // a poem was asked for and has not come
  let before = null; // what was there when it was asked for

  const awaitPoem = () => ([awaited, before] = [true, shown()]);
  document.addEventListener("click", (event) => event.target.closest("#write") && awaitPoem());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("#wishes :is(input, textarea)")) awaitPoem();
  });
  // A field that is changed is no longer wrong.
  document.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));

  function showPoem() {
    const poem = shown();
    if (!awaited || !poem || poem === before) return;
    awaited = false;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    poem.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  // The message of apps/guard.py names the field by the class of its text.
  function markField(message) {
    const name = [...message.classList].find((each) => each.startsWith("of-")).slice("of-".length);
    message.classList.remove(`of-${name}`); // once
    for (const field of document.querySelectorAll(`.field-${name} :is(input, textarea)`)) {
      if (field.checkVisibility()) field.setAttribute("aria-invalid", "true");
    }
  }

  new MutationObserver(() => {
    showPoem();
    document.querySelectorAll("[class^=of-]").forEach(markField);
    // The head of gradio's error message, which holds a button, is none itself.
    for (const head of document.querySelectorAll(".toast-header[role=button]")) {
      head.removeAttribute("role");
      head.removeAttribute("tabindex");
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
