// The desk and the plan of key words (desk.py): what is pressed or typed there is told to the server; and buttons that
// change what is wished for. `desk` is what the hidden buttons of tabs/desk.py and tabs/verse.py ask for.
const desk = (() => {
  const NETWORK = ["look", "rewrite", "rest", "words"]; // what a network answers; the rest is done in a moment
  const changes = []; // told one after another: Gradio keeps one alone of those that are told before an answer
  let told = ""; // to a network
  let isAsking = false; // a network's answer is on its way
  let isWaiting = false; // what is told now waits for its end
  let isLeft = false; // what it still brings is not wanted any more
  let wishes = {};
  let at = null; // the character that has the focus, which a new desk shall have again

  const all = (query) => [...document.querySelectorAll(query)];
  const press = (id) => document.getElementById(id)?.click();
  const isHan = (character) => /\p{Script=Han}/u.test(character);
  const locked = () => all("#desk li:has(.lock:checked)").map((line) => Number(line.dataset.line));
  const chips = () => all("#plan li").map((chip) => [chip.querySelector(".word"), chip.querySelector(".lock")]);

  function tell(what) {
    const text = JSON.stringify({ ...what, locked: locked() });
    isWaiting = NETWORK.includes(what.do);
    leave();
    const isFree = !changes.length;
    if (isWaiting) told = text;
    else changes.push(text);
    if (isFree) next();
  }

  function next() {
    if (changes.length) press("desk-change");
    else if (isWaiting) press("desk-network");
  }

  // A change has been answered; what was told meanwhile follows.
  function changed() {
    changes.shift();
    next();
  }

  // What a network is asked for is not wanted any more, or of another poem.
  function leave() {
    if (!isAsking) return;
    press("desk-leave");
    [isAsking, isLeft] = [false, true];
  }

  // A network is being asked for what was told.
  function asked() {
    [isAsking, isWaiting, isLeft] = [true, false, false];
    return told;
  }

  function over() {
    isAsking = false;
    if (!changes.length) next();
  }

  function change(newWishes) {
    wishes = newWishes;
    press("change-wishes");
  }

  // The newest Hanzi of what stands in a field now is its character.
  function typed(field) {
    const given = [...field.value].filter(isHan);
    if (!given.length) return;
    const before = field.defaultValue;
    field.value = given.filter((each) => each !== before).at(-1) ?? before;
    if (field.value !== before) tell({ ...JSON.parse(field.dataset.do), do: "type", character: field.value });
  }

  function act(button) {
    const what = JSON.parse(button.dataset.do);
    if (what.do === "words") what.words = chips().map(([word, fixed]) => (fixed.checked ? word.value : ""));
    tell(what);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-change], [data-plan]");
    if (!button || button.readOnly) return;
    if (button.dataset.do) act(button);
    else if (button.dataset.change) change(JSON.parse(button.dataset.change));
    else change({ plan: chips().map(([word]) => word.value.trim() || "-").join(" ") });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.target.matches("#desk .cell input") && !event.target.readOnly) act(event.target);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("#desk .cell input") && !event.isComposing) typed(field);
    if (field.matches("#plan .word")) field.closest("li").querySelector(".lock").checked = true;
    if (field.matches("#desk .lock")) {
      const line = field.closest("li");
      line.querySelector(".do").disabled = field.checked;
      for (const cell of line.querySelectorAll(".cell input")) cell.readOnly = field.checked;
    }
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches("#desk .cell input")) typed(event.target);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("#desk .cell input")) {
      at = event.target.dataset.at;
      event.target.select();
    } else if (!event.target.closest("#extra, #desk")) at = null;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#extra, #desk")) at = null;
  });
  document.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.matches("#desk .cell input") && ![...field.value].some(isHan)) field.value = field.defaultValue;
  });
  new MutationObserver(() => {
    if (isLeft) all("#extra .others").forEach((each) => (each.style.display = "none"));
    if (at && document.activeElement === document.body) document.querySelector(`#desk [data-at="${at}"]`)?.focus();
  }).observe(document.documentElement, { childList: true, subtree: true });

  return {
    told: () => changes[0],
    changed,
    leave,
    asked,
    over,
    wished: (names, values) => values.map((value, number) => wishes[names[number]] ?? value),
  };
})();
