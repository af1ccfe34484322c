// 诗集 (the book): the poems one has seen and those one likes, in this browser's own storage and nowhere else.
// Whatever is read, from the storage or from a file, is checked, and shown as text only.
(() => {
  const NAME = "charrnn-verse.book";
  const MOST_SEEN = 300; // poems that are no favourites; the oldest goes
  const MOST = 5000; // poems at all
  const LONGEST = { text: 400, title: 40, form: 10, link: 4000, when: 40 };
  const say = (key) => {
    const { lang } = document.documentElement;
    return (WORDS[lang] ?? WORDS["zh-CN"])[key];
  };

  // The poems that a value from outside holds; throws when it is no book.
  function checked(value) {
    if (!Array.isArray(value?.poems)) throw new Error("no book");
    return value.poems.slice(0, MOST).filter(isPoem).map(({ text, title, form, link, when, liked }) => {
      return { text, title, form, link, when, liked: liked === true };
    });
  }
  function isPoem(value) {
    const isWell = ([name, longest]) => typeof value[name] === "string" && value[name].length <= longest;
    return value !== null && typeof value === "object" && Object.entries(LONGEST).every(isWell) && value.text !== "";
  }

  function read() {
    try {
      return checked(JSON.parse(localStorage.getItem(NAME)));
    } catch {
      return [];
    }
  }

  // The newest first; false where the browser has no room, or gives none.
  function write(poems) {
    let seen = 0;
    const kept = poems.filter((poem) => poem.liked || ++seen <= MOST_SEEN).slice(0, MOST);
    try {
      if (kept.length) localStorage.setItem(NAME, JSON.stringify({ poems: kept }));
      else localStorage.removeItem(NAME);
    } catch {
      document.querySelectorAll(".told").forEach((line) => (line.textContent = say("book_full")));
      return false;
    }
    draw();
    return true;
  }

  const find = (text) => read().find((poem) => poem.text === text);
  const without = (text) => read().filter((poem) => poem.text !== text);

  function like(text, liked) {
    write(read().map((poem) => (poem.text === text ? { ...poem, liked } : poem)));
  }

  let changed = null; // the text of the poem that is changed at the desk, of which the last state alone is kept

  function note({ text, title, form, link }) {
    const known = find(text);
    const others = without(text).filter((poem) => poem.liked || poem.text !== changed);
    changed = link.startsWith("text=") && !known ? text : null;
    const about = known ?? { text, title, form, link, liked: false };
    write([{ ...about, when: new Date().toISOString() }, ...others]);
  }

  // Poems that are not there yet, behind those that are; the like of either counts.
  function merge(others) {
    const poems = new Map(read().map((poem) => [poem.text, poem]));
    for (const poem of others) {
      const own = poems.get(poem.text);
      poems.set(poem.text, own ? { ...own, liked: own.liked || poem.liked } : poem);
    }
    return write([...poems.values()].sort((a, b) => (a.when < b.when ? 1 : -1)));
  }

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const button = (key, act, ...about) => {
    const made = element("button", { type: "button", className: "act", textContent: say(key), onclick: act });
    if (about.length) made.setAttribute("aria-label", [say(key), ...about].join(" "));
    return made;
  };

  const state = { words: "", liked: false };
  let frame = null; // the list and what stands above it

  function tell(key, values = {}) {
    const said = say(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
    frame.querySelector(".told").textContent = said;
  }

  function build(place) {
    const search = element("input", { type: "search", oninput: () => draw(search.value) });
    search.setAttribute("aria-label", say("book_search"));
    search.placeholder = say("book_search");
    const liked = element("input", { type: "checkbox", onchange: () => draw(undefined, liked.checked) });
    const file = element("input", { type: "file", accept: ".json,application/json", onchange: () => bringIn(file) });
    const hidden = element("span", { hidden: true }, file);
    frame = element(
      "section",
      { className: "book" },
      element("p", { className: "legend", textContent: say("book_about") }),
      element("p", { className: "tools" }, search, element("label", {}, liked, ` ${say("book_liked")}`)),
      element("ol", { className: "poems" }),
      element("p", { className: "told" }),
      element(
        "p",
        { className: "links" },
        button("book_export", takeOut),
        button("book_import", () => file.click()),
        button("book_clear", clear),
        hidden,
      ),
    );
    frame.querySelector(".told").setAttribute("role", "status");
    [search.value, liked.checked] = [state.words, state.liked];
    place.replaceChildren(frame);
    draw();
  }

  function draw(words = state.words, liked = state.liked) {
    Object.assign(state, { words, liked });
    document.querySelectorAll(".kept").forEach(mark);
    if (!frame?.isConnected) return;
    const wanted = (poem) => `${poem.title} ${poem.form} ${poem.text}`.includes(words.trim()) && (poem.liked || !liked);
    const poems = read();
    const found = poems.filter(wanted);
    frame.querySelector("ol").replaceChildren(...found.map(row));
    if (!found.length) tell(poems.length ? "book_none" : "book_empty");
    else tell("book_count", { found: found.length, all: poems.length });
  }

  function row(poem) {
    const { text, title, form, when, liked } = poem;
    const date = new Date(when);
    const day = isNaN(date) ? "" : date.toLocaleDateString(document.documentElement.lang);
    const star = button("act_favour", () => like(text, !liked), title);
    star.setAttribute("aria-pressed", String(liked));
    return element(
      "li",
      {},
      element("p", { className: "verse-line", lang: "zh-Hans", textContent: charrnn.plain({ title: "", text }).trim() }),
      element("p", { className: "legend", textContent: [title, form, day].filter(Boolean).join(" · ") }),
      element(
        "p",
        { className: "links" },
        button("book_open", () => open(poem), title),
        star,
        button("act_copy", () => charrnn.copy(charrnn.plain(poem)).then(() => tell("done_copy")), title),
        button("book_remove", () => write(without(text)), title),
      ),
    );
  }

  function open({ text, title }) {
    document.querySelector("[role=tab]")?.click(); // the first is where poems are
    charrnn.bring(text, title);
  }

  function takeOut() {
    const content = new Blob([JSON.stringify({ poems: read() }, null, 1)], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(content), download: "charrnn-verse-book.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function bringIn(file) {
    try {
      const others = checked(JSON.parse(await file.files[0].text()));
      if (merge(others)) tell("book_brought", { n: others.length });
    } catch {
      tell("book_bad");
    }
    file.value = "";
  }

  function clear() {
    if (window.confirm(say("book_sure"))) write([]);
  }

  // Whether the poem that is shown is a favourite.
  function mark(kept) {
    kept.querySelector("[data-act=favour]")?.setAttribute("aria-pressed", String(find(kept.dataset.text)?.liked === true));
  }

  document.addEventListener("click", (event) => {
    const kept = event.target.closest(".kept [data-act=favour]")?.closest(".kept");
    if (!kept) return;
    if (!find(kept.dataset.text)) note({ ...kept.dataset });
    like(kept.dataset.text, !find(kept.dataset.text)?.liked);
  });
  charrnn.onPoem((poem) => note(poem));
  window.addEventListener("storage", (event) => event.key === NAME && draw());
  new MutationObserver(() => {
    const place = document.querySelector("#book .place");
    if (place && !place.firstChild) build(place);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
