// What one does with a poem that is shown (kept.py): copy it, share it, hear it, print it; and its address, which
// brings it back. `charrnn` is what the hidden buttons of tabs/kept.py and the book (book.js) ask for.
const charrnn = (() => {
  const shown = () => document.querySelector("#details .kept");
  const press = (id) => document.getElementById(id)?.click();
  const isOurs = (name) => !name.startsWith("__"); // __theme is gradio's
  let seen = null; // the element whose poem the address names,
  let named = ""; // and that poem: gradio may put another into the same element
  let started = false; // the page can be pressed
  let unasked = true; // nothing was asked for yet: what is shown is the poem of the day, which has no address
  let arriving = false; // what comes next was asked for by the address: it is no new entry of the history
  let due = ""; // what is asked for waits: for "fields", to "write", "stopping" another, to be "taken", to "bring" a poem
  let pointing = ""; // what a button of the checker is about
  let shownAs = ""; // what is shown of the poems that are being written
  let bringing = { text: "", title: "" };
  const listeners = []; // called with each poem that is shown

  // The query of the address, without what is not ours, as names and values.
  function asked() {
    return new Map([...new URLSearchParams(location.search)].filter(([name]) => isOurs(name)));
  }

  function addressOf(link) {
    const others = [...new URLSearchParams(location.search)].filter(([name]) => !isOurs(name));
    const rest = new URLSearchParams(others).toString();
    return location.pathname + "?" + [rest, link].filter(Boolean).join("&");
  }

  // Write, or fetch, what the address asks for.
  function arrive() {
    started = true;
    const order = asked();
    if (!order.size) return;
    arriving = true;
    if (order.has("text")) return bring(order.get("text"), order.get("title") || "");
    due = "fields";
    press("fill-wishes");
  }

  // Write what the fields say, in place of what is still being written.
  function write() {
    due = "write";
    stopOther();
    press("write");
  }

  // There is a button for it as soon as something is being written.
  function stopOther() {
    if (due !== "write" || !document.getElementById("stop-writing")) return;
    due = "stopping";
    press("stop-writing");
  }

  // The writer takes what was asked for, to be shown as the first value says.
  function taking(values) {
    due = "";
    shownAs = String(values[0]);
    return values;
  }

  // All is written; boxes may have been ticked meanwhile.
  function written(show) {
    if (String(show) !== shownAs) press("draw-again");
  }

  // Gradio drops what is asked for while another answer is on its way.
  function over() {
    if (due === "bring") {
      due = "";
      press("bring-back");
    } else if (due === "write" || due === "stopping") {
      due = "taken";
      press("write");
    }
  }

  function bring(text, title) {
    unasked = false;
    bringing = { text, title };
    due = document.getElementById("stop-writing") ? "bring" : "";
    press(due ? "stop-writing" : "bring-back");
  }

  // The value of every field, those the address does not name as usual; one poem, the one that is linked to.
  function wishes(usual) {
    const order = asked();
    return usual.map(([name, value]) => {
      if (name === "count") return 1;
      // Given lines are typed into the one line of the page.
      if (order.has("begun") && name === "said") return order.get("begun");
      if (order.has("begun") && name === "read_as") return "begun";
      if (!order.has(name)) return value;
      const given = order.get(name);
      return typeof value === "number" && given.trim() && isFinite(given) ? Number(given) : given;
    });
  }

  // A new entry of the history for each poem, but not for each change of one at the desk.
  function noteAddress(link) {
    const before = asked();
    const after = new URLSearchParams(link);
    const isSame = before.size === after.size && [...after].every(([name, value]) => before.get(name) === value);
    if (isSame) return;
    const isStep = before.size && !arriving && !(before.has("text") && after.has("text"));
    history[isStep ? "pushState" : "replaceState"](null, "", addressOf(link));
  }

  function look() {
    stopOther();
    const kept = shown();
    const poem = kept && `${kept.dataset.link}\n${kept.dataset.text}`;
    if (!kept || (kept === seen && poem === named)) return;
    [seen, named] = [kept, poem];
    if (due || (unasked && !arriving)) return;
    noteAddress(kept.dataset.link);
    arriving = false;
    listeners.forEach((each) => each({ ...kept.dataset }, kept));
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // without https other than on this machine there is no clipboard but the old way
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  // Title and lines, a couplet a row.
  const plain = ({ title, text }) => `${title}\n${text.replace(/。(?=.)/gu, "。\n")}\n`;

  function voice() {
    const all = window.speechSynthesis?.getVoices() ?? [];
    // One that speaks on this machine: others send the poem away.
    return all.find((each) => each.localService && /^(zh|cmn)/i.test(each.lang));
  }

  function speak({ title, text }) {
    const { speaking } = speechSynthesis;
    speechSynthesis.cancel();
    if (speaking) return;
    for (const part of [title, ...text.split(/(?<=[，。])/u)]) {
      const said = new SpeechSynthesisUtterance(part);
      Object.assign(said, { voice: voice(), lang: voice().lang, rate: 0.75 });
      speechSynthesis.speak(said);
    }
  }

  const actions = {
    copy: (poem) => copy(plain(poem)),
    share: (poem) => copy(location.origin + addressOf(poem.link)),
    print: () => window.print(),
    speak,
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".kept .act");
    const act = button && actions[button.dataset.act];
    if (!act) return;
    const kept = button.closest(".kept");
    await act({ ...kept.dataset });
    if (button.dataset.told) kept.querySelector(".told").textContent = button.dataset.told;
  });
  function noteAsking(event) {
    const isKey = event.type === "keydown";
    if (isKey ? event.key !== "Enter" : !event.target.closest("#write, #desk, #extra, #plan, .ways")) return;
    unasked = false;
    if (event.isTrusted) arriving = false;
  }
  document.addEventListener("click", noteAsking);
  document.addEventListener("keydown", noteAsking);
  window.addEventListener("popstate", arrive);
  // The checker's buttons: what would mend a fault, and the line to take.
  document.addEventListener("click", (event) => {
    const { mend, take } = event.target.closest("[data-mend], [data-take]")?.dataset ?? {};
    if (!mend && !take) return;
    pointing = mend ?? take;
    press(mend ? "mend-line" : "take-line");
    if (mend) document.getElementById("mends")?.scrollIntoView({ block: "nearest" });
  });

  function noteVoices() {
    document.documentElement.classList.toggle("can-speak", Boolean(voice()));
  }
  window.speechSynthesis?.addEventListener("voiceschanged", noteVoices);
  noteVoices();

  new MutationObserver(() => started && look()).observe(document.documentElement, {
    attributeFilter: ["data-link", "data-text"],
    childList: true,
    subtree: true,
  });

  return {
    arrive,
    bring,
    copy,
    plain,
    wishes,
    write,
    taking,
    written,
    over,
    brought: () => [bringing.text, bringing.title],
    pointed: () => pointing,
    isAsked: () => asked().size > 0, // whether the address asks for a poem
    onPoem: (listener) => listeners.push(listener),
  };
})();
