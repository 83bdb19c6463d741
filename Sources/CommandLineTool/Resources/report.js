"use strict";
// All text from the image is set as text, never as markup. What is chosen stands in the address behind #, so a link keeps it.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = id => document.getElementById(id);
  const PAGE = 100, NODES = 200, CELLS = 8192, AREAS = 150, BARS = 60, PRINTED = 5000;

  /** An element with properties, attributes (aria-, role, scope …) and children; strings are text. */
  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "class") made.className = value;
      else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.filter(child => child !== undefined && child !== null).map(child => child instanceof Node ? child : String(child)));
    return made;
  }
  /** Numbers as the program packs them. */
  const numbers = text => text === "" ? [] : text.split(" ").map(part => parseInt(part, 36));
  const hex = number => "0x" + number.toString(16);
  const plain = new Intl.NumberFormat("en-US");
  function size(bytes) {
    if (bytes < 1024) return bytes + " B";
    const units = ["KiB", "MiB", "GiB"];
    let unit = -1;
    do { bytes /= 1024; unit++; } while (bytes >= 1024 && unit < 2);
    return (bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)) + " " + units[unit];
  }
  function time(seconds) {
    const date = new Date(seconds * 1000);
    return isNaN(date) ? String(seconds) : date.toISOString().slice(0, 19).replace("T", " ");
  }

  // What is chosen.
  const state = {};
  function readAddress() {
    for (const key of Object.keys(state)) delete state[key];
    for (const [key, value] of new URLSearchParams(location.hash.slice(1))) state[key] = value;
  }
  /** What was typed and is not shown yet. */
  const waiting = new Set();
  function choose(changes) {
    for (const run of [...waiting]) run();
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined || value === null || value === "") delete state[key]; else state[key] = String(value);
    }
    history.replaceState(null, "", "#" + new URLSearchParams(state));
  }
  const whole = (text, limit) => { const number = parseInt(text, 10); return number >= 0 && number < limit ? number : undefined; };

  // One file system.
  let image, files, events;
  function open() {
    image = data.images[whole(state.image, data.images.length) ?? 0];
    const table = image.files, columns = {};
    for (const key of ["mode", "uid", "gid", "size", "stored", "mtime", "inode"]) columns[key] = numbers(table[key]);
    files = table.path.map((path, row) => ({
      path, lower: path.toLowerCase(), type: table.types[row], target: table.targets[row], mode: columns.mode[row], uid: columns.uid[row], gid: columns.gid[row],
      size: columns.size[row], stored: columns.stored[row], mtime: columns.mtime[row], inode: columns.inode[row] }));
    events = undefined;
  }

  /** The path of each inode of a file system, the first one of several. */
  function namesOf(owner) {
    if (owner.inodes) return owner.inodes;
    owner.inodes = new Map();
    numbers(owner.files.inode).forEach((inode, row) => { if (inode && !owner.inodes.has(inode)) owner.inodes.set(inode, owner.files.path[row]); });
    return owner.inodes;
  }

  // Facts.
  function showFacts() {
    byId("name").textContent = data.file;
    document.title = data.file + " – flash report";
    byId("line").textContent = image.line;
    byId("facts").replaceChildren(...image.facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    byId("footer").textContent = data.maker;
    const chooser = byId("image");
    byId("chooser").hidden = data.images.length < 2;
    chooser.replaceChildren(...data.images.map((each, index) => element("option", { value: index }, `${index + 1}: ${each.line}`)));
    chooser.value = String(data.images.indexOf(image));
    byId("nav").replaceChildren(...[...document.querySelectorAll("h2")].map(head => element("button", { type: "button", onclick: () => { head.tabIndex = -1; head.scrollIntoView(); head.focus(); } }, head.textContent)));
  }

  // The flash.
  const kinds = data.kinds.map(([word, text]) => ({ word, text }));
  let cells = [];
  const counted = counts => kinds.flatMap((kind, index) => counts[index] ? [`${kind.text} ${size(counts[index])}`] : []).join(", ");
  function kindOf(counts) {
    if (counts[0]) return 0;
    if (counts[1]) return 1;
    let best = kinds.length - 1;
    for (let index = counts.length - 1; index >= 0; index--) if (counts[index] && !(counts[index] < (counts[best] ?? 0))) best = index;
    return best;
  }
  function showMap() {
    const totals = [];
    const sections = data.sections.map((section, place) => {
      let at = section.offset;
      const blocks = section.cells === "" ? [] : section.cells.split(",").map((text, index) => {
        const pairs = numbers(text), counts = [];
        let length = 0;
        for (let i = 0; i + 1 < pairs.length; i += 2) { counts[pairs[i]] = pairs[i + 1]; length += pairs[i + 1]; totals[pairs[i]] = (totals[pairs[i]] ?? 0) + pairs[i + 1]; }
        const block = { section: place, index, count: 1, offset: at, counts };
        at += length;
        return block;
      });
      return { ...section, blocks };
    });
    const all = sections.reduce((sum, section) => sum + section.blocks.length, 0);
    let scale = 1;
    while (all / scale > CELLS) scale *= 2;
    if (scale > 1) byId("map-hint").textContent = `One cell is ${scale} erase blocks. Arrow keys move, Enter lists the nodes.`;
    byId("legend").replaceChildren(...kinds.flatMap((kind, index) => totals[index] ? [element("li", {}, element("span", { class: "swatch " + kind.word, "aria-hidden": "true" }), `${kind.text}: ${plain.format(totals[index])} bytes`)] : []));
    cells = [];
    byId("map").replaceChildren(...sections.flatMap(section => {
      const grid = element("div", { class: "grid", role: "listbox", "aria-label": section.text });
      for (let start = 0; start < section.blocks.length; start += scale) {
        const part = section.blocks.slice(start, start + scale), counts = [];
        for (const block of part) block.counts.forEach((bytes, index) => { counts[index] = (counts[index] ?? 0) + bytes; });
        const cell = { ...part[0], count: part.length, counts };
        const text = `${hex(cell.offset)}: ${counted(counts)}`;
        cell.view = element("div", { class: "cell " + kinds[kindOf(counts)].word, role: "option", tabindex: cells.length ? "-1" : "0", "aria-selected": "false", "aria-label": text, title: text });
        cell.view.cell = cells.length;
        cells.push(cell);
        grid.append(cell.view);
      }
      return [element("h3", {}, `${hex(section.offset)} ${section.text}, ${size(section.size)}`), grid];
    }));
    byId("block").textContent = "No block is chosen.";
  }
  let chosen;
  function chooseCell(number, focuses) {
    const cell = cells[number];
    if (!cell) return;
    if (chosen) { chosen.setAttribute("aria-selected", "false"); chosen.tabIndex = -1; }
    cells[0].view.tabIndex = -1;
    chosen = cell.view;
    chosen.setAttribute("aria-selected", "true");
    chosen.tabIndex = 0;
    if (focuses) chosen.focus();
    choose({ block: number });
    showBlock(cell, NODES);
  }
  function showBlock(cell, most) {
    const section = data.sections[cell.section];
    const owner = data.images.find(each => each.number === section.number);
    const panel = byId("block");
    panel.replaceChildren(element("h3", {}, `${hex(cell.offset)}: ${cell.count > 1 ? cell.count + " erase blocks" : "erase block " + cell.index}`), element("p", {}, counted(cell.counts) || "nothing"));
    if (!owner) return;
    const rows = [];
    let left = 0, total = 0;
    for (let block = cell.index; block < cell.index + cell.count; block++) {
      const fields = numbers(owner.nodes.blocks[block] ?? "");
      left += owner.nodes.left[block] ?? 0;
      for (let i = 0; i + 5 < fields.length; i += 6) {
        total++;
        if (rows.length < most) rows.push([block * section.eraseSize + fields[i], ...fields.slice(i + 1, i + 6)]);
      }
    }
    if (!total) return;
    const names = namesOf(owner);
    panel.append(element("table", {},
      element("thead", {}, element("tr", {}, ...["Place", "Bytes", "Type", "State", "Inode", "Version", "File"].map(text => element("th", { scope: "col", class: ["Bytes", "Inode", "Version"].includes(text) ? "number" : "" }, text)))),
      element("tbody", {}, ...rows.map(([offset, length, type, status, inode, version]) => element("tr", { class: ["live", "-"].includes(owner.nodes.statuses[status]) ? "" : "dead" },
        element("td", { class: "mono" }, hex(offset)), element("td", { class: "number" }, length), element("td", {}, owner.nodes.types[type]), element("td", {}, owner.nodes.statuses[status]),
        element("td", { class: "number" }, inode || ""), element("td", { class: "number" }, version || ""), element("td", { class: "path" }, inode ? names.get(inode) ?? "" : ""))))));
    if (total > rows.length) panel.append(element("button", { type: "button", onclick: () => showBlock(cell, most * 10) }, `${total - rows.length} more`));
    if (left) panel.append(element("p", { class: "hint" }, `${left} more nodes are not in this report; 'jffs2 dump' lists them.`));
  }
  byId("map").addEventListener("click", event => { if (event.target.cell !== undefined) chooseCell(event.target.cell, true); });
  byId("map").addEventListener("mouseover", event => {
    const cell = cells[event.target.cell];
    if (cell && state.block === undefined) showBlock(cell, 20);
  });
  byId("map").addEventListener("keydown", event => {
    const number = event.target.cell;
    if (number === undefined) return;
    const row = Math.max(1, Math.floor(event.target.parentElement.clientWidth / 16));
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, Home: -number, End: cells.length - 1 - number, Enter: 0, " ": 0 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    chooseCell(Math.min(cells.length - 1, Math.max(0, number + steps[event.key])), true);
  });

  // Space.
  function folders() {
    const root = { name: "/", path: "/", bytes: 0, inside: new Map(), isFolder: true }, met = new Set();
    for (const file of files) {
      const parts = file.path.split("/").filter(part => part !== "");
      const bytes = file.inode && met.has(file.inode) ? 0 : file.stored;
      met.add(file.inode);
      let at = root;
      at.bytes += bytes;
      parts.forEach((part, depth) => {
        let next = at.inside.get(part);
        if (!next) at.inside.set(part, next = { name: part, path: "/" + parts.slice(0, depth + 1).join("/"), bytes: 0, inside: new Map(), isFolder: depth + 1 < parts.length || file.type === "d" });
        next.bytes += bytes;
        at = next;
      });
    }
    return root;
  }
  /** Squarified: rows along the shorter side, as long as that makes them more like squares. */
  function layOut(items, x, y, width, height) {
    const places = [];
    let total = items.reduce((sum, item) => sum + item.bytes, 0);
    let start = 0;
    while (start < items.length && total > 0) {
      const short = Math.min(width, height), scale = width * height / total;
      const worst = (sum, largest, least) => Math.max(short * short * largest * scale / (sum * scale) ** 2, (sum * scale) ** 2 / (short * short * least * scale));
      let end = start + 1, sum = items[start].bytes;
      while (end < items.length && worst(sum + items[end].bytes, items[start].bytes, items[end].bytes) <= worst(sum, items[start].bytes, items[end - 1].bytes)) sum += items[end++].bytes;
      const thick = sum * scale / short;
      let at = 0;
      for (; start < end; start++) {
        const long = items[start].bytes * scale / thick;
        places.push(width <= height ? [x + at, y, long, thick] : [x, y + at, thick, long]);
        at += long;
      }
      if (width <= height) { y += thick; height -= thick; } else { x += thick; width -= thick; }
      total -= sum;
    }
    return places;
  }
  function showSpace() {
    image.folders ??= folders();
    let at = image.folders;
    const way = [at];
    for (const part of (state.folder ?? "").split("/").filter(part => part !== "")) {
      const next = at.inside.get(part);
      if (!next?.isFolder) break;
      way.push(at = next);
    }
    byId("crumbs").replaceChildren(...way.map((folder, depth) => element("button", { type: "button", class: "crumb", "aria-current": depth === way.length - 1 ? "location" : undefined, onclick: () => { choose({ folder: depth ? folder.path : undefined }); showSpace(); } }, `${folder.name} ${size(folder.bytes)}`)));
    const inside = [...at.inside.values()].filter(item => item.bytes > 0).sort((a, b) => b.bytes - a.bytes);
    const shown = inside.slice(0, AREAS), rest = inside.slice(AREAS);
    if (rest.length) { shown.push({ name: `${rest.length} more`, bytes: rest.reduce((sum, item) => sum + item.bytes, 0) }); shown.sort((a, b) => b.bytes - a.bytes); }
    const places = layOut(shown, 0, 0, 1000, 400);
    byId("treemap").replaceChildren(...shown.slice(0, places.length).map((item, index) => {
      const [x, y, width, height] = places[index], text = `${item.name}${item.isFolder ? "/" : ""} ${size(item.bytes)}`;
      const view = element("button", { type: "button", title: text, class: "area" + (item.isFolder ? "" : item.path ? " file" : " rest"), onclick: () => {
        if (item.isFolder) { choose({ folder: item.path }); showSpace(); }
        else if (item.path) { choose({ search: item.path, page: undefined }); showFiles(); byId("files-title").scrollIntoView(); }
      } }, text);
      const outer = element("div", { role: "listitem" }, view);
      Object.assign(view.style, { left: x / 10 + "%", top: y / 4 + "%", width: width / 10 + "%", height: height / 4 + "%" });
      return outer;
    }));
  }

  // Tables in pages.
  function showPager(pager, page, count, go) {
    const pages = Math.max(1, Math.ceil(count / PAGE));
    pager.replaceChildren();
    if (pages < 2) return;
    const button = (text, to) => { const made = element("button", { type: "button", onclick: () => go(to) }, text); made.disabled = to < 0 || to >= pages || to === page; return made; };
    pager.append(button("First", 0), " ", button("Previous", page - 1), ` page ${page + 1} of ${pages} `, button("Next", page + 1), " ", button("Last", pages - 1));
  }
  const columns = [
    { key: "path", text: "Path" }, { key: "type", text: "Type" }, { key: "mode", text: "Mode", number: true }, { key: "uid", text: "Owner", number: true },
    { key: "size", text: "Size", number: true }, { key: "stored", text: "On the flash", number: true }, { key: "mtime", text: "Modified (UTC)", number: true } ];
  const words = { d: "folder", l: "link", b: "block device", c: "character device", p: "pipe", s: "socket", "-": "file" };
  const matching = (rows, text) => { const parts = (text ?? "").toLowerCase().split(/\s+/).filter(part => part !== ""); return parts.length ? rows.filter(row => parts.every(part => row.lower.includes(part))) : rows; };
  function showFiles(all) {
    const column = columns.find(each => each.key === state.sort) ?? columns[0];
    const sign = state.desc ? -1 : 1, key = column.key;
    byId("search").value = state.search ?? "";
    const found = matching(files, state.search).slice().sort((a, b) => sign * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0) || (a.path < b.path ? -1 : 1));
    const pages = Math.max(1, Math.ceil(found.length / PAGE)), page = whole(state.page, pages) ?? 0;
    byId("files").tHead.replaceChildren(element("tr", {}, ...columns.map(each => element("th", { scope: "col", class: each.number ? "number" : "", "aria-sort": each === column ? state.desc ? "descending" : "ascending" : "none" },
      element("button", { type: "button", onclick: () => { choose({ sort: each.key, desc: each === column && !state.desc ? 1 : undefined, page: undefined }); showFiles(); byId("files").tHead.querySelectorAll("button")[columns.indexOf(each)].focus(); } },
        each.text + (each === column ? state.desc ? " ▼" : " ▲" : ""))))));
    byId("files").tBodies[0].replaceChildren(...(all ? found.slice(0, PRINTED) : found.slice(page * PAGE, (page + 1) * PAGE)).map(file => element("tr", {},
      element("td", { class: "path" }, file.path + (file.target ? " → " + file.target : "")), element("td", {}, words[file.type] ?? file.type), element("td", { class: "number" }, file.mode.toString(8).padStart(4, "0")),
      element("td", { class: "number" }, `${file.uid}:${file.gid}`), element("td", { class: "number" }, plain.format(file.size)), element("td", { class: "number" }, plain.format(file.stored)), element("td", { class: "number" }, time(file.mtime)))));
    byId("files-count").textContent = `${found.length} of ${files.length}`;
    showPager(byId("files-pager"), page, found.length, to => { choose({ page: to || undefined }); showFiles(); });
  }

  // Findings and secrets.
  function table(heads, rows) {
    return element("div", { class: "wide" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads.map(text => element("th", { scope: "col" }, text)))), element("tbody", {}, ...rows)));
  }
  function showFindings() {
    const list = byId("findings");
    list.replaceChildren();
    if (!image.findings.length) list.append(element("p", {}, "Nothing to tell."));
    else list.append(table(["Severity", "Place", "What", "Linux says"], image.findings.map(([severity, offset, message, linux]) => element("tr", {},
      element("td", { class: "severity-" + severity }, severity), element("td", { class: "mono" }, offset < 0 ? "" : hex(offset)), element("td", {}, message), element("td", {}, linux)))));
    if (image.moreFindings) list.append(element("p", { class: "hint" }, `${image.moreFindings} more of these kinds; 'jffs2 verify' counts them.`));
    const secrets = byId("secrets"), found = data.secrets;
    secrets.replaceChildren(element("p", {}, found.summary));
    if (found.rows.length) secrets.append(table(["State", "Rule", "Where", "In front of it"], found.rows.map(([state, rule, description, place, excerpt]) => element("tr", { class: state === "live" ? "" : "dead" },
      element("td", {}, state), element("td", { title: description }, rule), element("td", { class: "path" }, place), element("td", { class: "path" }, excerpt)))));
    for (const sentence of found.remarks) secrets.append(element("p", { class: "note" }, sentence));
  }

  // History.
  function openEvents() {
    const table = image.events, columns = {};
    for (const key of ["time", "kind", "path", "from", "inode", "version", "size", "dead"]) columns[key] = numbers(table[key]);
    events = columns.time.map((at, row) => {
      const path = table.paths[columns.path[row]] ?? "", from = columns.from[row] ? table.paths[columns.from[row] - 1] ?? "" : "";
      return { time: at, kind: table.kinds[columns.kind[row]], path, from, lower: (table.kinds[columns.kind[row]] + " " + path + " " + from).toLowerCase(), inode: columns.inode[row], version: columns.version[row], size: columns.size[row], dead: columns.dead[row] === 1 };
    });
  }
  function showHistory(all) {
    if (!events) openEvents();
    const found = matching(events, state.event);
    byId("events-search").value = state.event ?? "";
    const known = found.filter(event => event.time > 0);
    const first = known.length ? known[0].time : 0, last = known.length ? known[known.length - 1].time : 0;
    const width = Math.max(1, Math.ceil((last - first + 1) / BARS)), bars = new Array(known.length ? Math.ceil((last - first + 1) / width) : 0).fill(0);
    for (const event of known) bars[Math.floor((event.time - first) / width)]++;
    const most = bars.reduce((a, b) => Math.max(a, b), 1), from = whole(state.from, 2 ** 33), to = whole(state.to, 2 ** 33);
    byId("chart").replaceChildren(...bars.map((count, index) => {
      const start = first + index * width, text = `${time(start)} to ${time(start + width - 1)}: ${count} events`;
      const bar = element("button", { type: "button", class: count ? "bar" : "bar none", title: text, "aria-label": text, "aria-pressed": from === start ? "true" : "false", onclick: () => { choose({ from: start, to: start + width - 1, events: undefined }); showHistory(); } });
      bar.style.height = count ? Math.max(3, 100 * Math.log(1 + count) / Math.log(1 + most)) + "%" : "2px";
      bar.disabled = count === 0;
      return bar;
    }));
    const shown = from === undefined ? found : found.filter(event => event.time >= from && (to === undefined || event.time <= to));
    byId("events-all").hidden = from === undefined;
    const page = whole(state.events, Math.max(1, Math.ceil(shown.length / PAGE))) ?? 0;
    byId("events").tHead.replaceChildren(element("tr", {}, ...["Time (UTC)", "What", "Path", "Inode", "Version", "Size"].map((text, index) => element("th", { scope: "col", class: index > 2 ? "number" : "" }, text))));
    byId("events").tBodies[0].replaceChildren(...(all ? shown.slice(0, PRINTED) : shown.slice(page * PAGE, (page + 1) * PAGE)).map(event => element("tr", { class: event.dead ? "dead" : "" },
      element("td", { class: "mono" }, time(event.time)), element("td", {}, event.kind), element("td", { class: "path" }, event.path + (event.from ? " from " + event.from : "") + (event.dead ? " (gone)" : "")),
      element("td", { class: "number" }, event.inode || ""), element("td", { class: "number" }, event.version || ""), element("td", { class: "number" }, event.version ? plain.format(event.size) : ""))));
    byId("events-count").textContent = `${shown.length} of ${events.length} events` + (image.events.left ? `; ${image.events.left} later ones are not in this report` : "");
    showPager(byId("events-pager"), page, shown.length, go => { choose({ events: go || undefined }); showHistory(); });
  }

  // The history may be long, and is far below: the rest is shown first.
  function showImage() { open(); showFacts(); showSpace(); showFiles(); showFindings(); setTimeout(() => showHistory()); }
  function show() {
    readAddress();
    showImage();
    if (!cells.length) showMap();
    const number = whole(state.block, cells.length);
    if (number !== undefined) chooseCell(number, false);
  }
  // What was typed counts before whatever is clicked next, though it is shown a moment later.
  function later(action) {
    let timer;
    const run = () => { clearTimeout(timer); waiting.delete(run); action(); };
    return () => { clearTimeout(timer); waiting.add(run); timer = setTimeout(run, 150); };
  }
  byId("search").addEventListener("input", later(() => { choose({ search: byId("search").value, page: undefined }); showFiles(); }));
  byId("events-search").addEventListener("input", later(() => { choose({ event: byId("events-search").value, events: undefined, from: undefined, to: undefined }); showHistory(); }));
  byId("events-all").addEventListener("click", () => { choose({ from: undefined, to: undefined, events: undefined }); showHistory(); });
  byId("image").addEventListener("change", event => { choose({ image: event.target.value, folder: undefined, page: undefined, events: undefined, from: undefined, to: undefined }); showImage(); });
  document.querySelector("[data-skip]").addEventListener("click", event => { event.preventDefault(); byId("files-title").scrollIntoView(); byId("files-title").focus(); });
  addEventListener("hashchange", show);
  addEventListener("beforeprint", () => { showFiles(true); showHistory(true); });
  addEventListener("afterprint", () => { showFiles(); showHistory(); });
  show();
})();
