// The window works without this file. It reads a scanner from any focus, looks for the same
// person while the officer types, and moves the place where two surnames part.
(function () {
  "use strict";

  var box = document.querySelector("[data-q-window]");
  if (!box) return;
  var form = document.getElementById("register");
  var scan = form.elements.namedItem("scan");
  var start = form.elements.namedItem(box.getAttribute("data-q-start"));
  if (start && start.length && !start.tagName) start = start[0];
  if (start && start.focus) start.focus();
  document.querySelectorAll("[data-q-noscript]").forEach(function (b) { b.hidden = true; });
  document.querySelectorAll("[data-q-move]").forEach(function (b) { b.hidden = false; });

  // Looking: one question at a time; what was typed meanwhile is asked when the answer came.
  var asking = false, again = false, asked = "", wants = false;
  function look(scanned, world) {
    wants = wants || world;
    if (asking) { again = true; return; }
    var body = new URLSearchParams(new FormData(form));
    if (!scanned && !wants && body.toString() === asked) return;
    asked = body.toString();
    if (wants) body.set("do", "world"); // the hub is asked when the officer says so, and never by typing
    wants = false;
    asking = true;
    fetch(box.getAttribute("data-q-window"), { method: "POST", body: body, headers: { Accept: "application/json" } })
      .then(function (r) { return r.ok && /json/.test(r.headers.get("Content-Type")) ? r.json() : null; })
      .catch(function () { return null; }) // no link: the form still works
      .then(function (a) {
        asking = false;
        if (a) show(a);
        if (again) { again = false; look(false); }
      });
  }

  // Other offices: a button, Alt and O, or Enter twice in the box ask the hub about them.
  var world = document.querySelector("[data-q-world]"), entered = 0;
  if (world) {
    world.addEventListener("click", function (e) { e.preventDefault(); look(false, true); });
    document.addEventListener("keydown", function (e) {
      if (!e.altKey || e.ctrlKey || e.metaKey || e.key.toLowerCase() !== "o") return;
      e.preventDefault();
      look(false, true);
    });
  }

  function show(a) {
    fill("[data-q-alike]", a.alike);
    if (a.zone || a.fields) fill("[data-q-zone]", a.zone);
    if (!a.fields) return;
    Object.keys(a.fields).forEach(function (name) { put(name, a.fields[name]); });
    var to = a.fields["document.mrz"] ? form.elements.namedItem("surname_maternal") : form.elements.namedItem("surname_paternal");
    if (!scan.value && to) to.focus();
  }

  // The server sends a piece of the page; parsed like this no script in it would run.
  function fill(selector, html) {
    var piece = new DOMParser().parseFromString(html, "text/html").body;
    box.querySelector(selector).replaceChildren.apply(box.querySelector(selector), piece.childNodes);
  }

  function put(name, value) {
    var el = form.elements.namedItem(name);
    if (!el) return;
    if (el.tagName) el.value = value; // a radio group is a list, and takes the value too
    else Array.prototype.forEach.call(el, function (r) { r.checked = r.value === value; });
  }

  function zone(text) {
    return text.length > 30 && /^\s*[PIAC][A-Z<]/i.test(text) && text.indexOf("<") > 0;
  }

  function zoneBegins(text) { return /^[PIAC][A-Z<][A-Z]{0,3}</i.test(text) && text.length > 5 || /^[PIAC]</i.test(text) && text.length > 4; }

  function readNow(text) {
    scan.value = text;
    look(true);
  }

  // A scanner is a keyboard that is faster than any hand. Its letters land in the field that
  // has the cursor: what that held before is put back.
  var burst = "", last = 0, held = null, timer = 0;
  document.addEventListener("keydown", function (e) {
    var now = e.timeStamp, el = e.target;
    if (e.ctrlKey || e.metaKey || e.altKey || (e.key.length > 1 && e.key !== "Enter")) return;
    // Enter once looks here; once more, with nothing typed between, asks the hub. A scanner that
    // ends a line with two signs is faster than that.
    if (e.key === "Enter" && world && entered && now - entered > 250 && el.tagName === "INPUT") {
      e.preventDefault();
      e.stopPropagation();
      entered = 0;
      look(false, true);
      return;
    }
    if (e.key !== "Enter") entered = 0;
    // A slow computer hands keys on late; nobody types P< by hand, so then it may take longer.
    if (now - last > (zoneBegins(burst) ? 800 : 100)) {
      burst = "";
      held = "value" in el && /^(INPUT|TEXTAREA)$/.test(el.tagName) ? { el: el, value: el.value } : null;
    }
    last = now;
    burst += e.key === "Enter" ? "\n" : e.key;
    if (!/^[PIAC][A-Z<]/i.test(burst)) {
      if (e.key === "Enter" && el === scan && scan.value.trim()) {
        e.preventDefault();
        e.stopPropagation();
        entered = now;
        look(true);
      }
      return;
    }
    if (zoneBegins(burst)) {
      e.preventDefault(); // from here on it is a scanner: nothing reaches the fields
      e.stopPropagation();
      clearTimeout(timer);
      timer = setTimeout(finish, 300);
    }
  }, true);

  function finish() {
    var text = burst;
    burst = "";
    if (held) held.el.value = held.value;
    if (zone(text)) readNow(text);
  }

  document.addEventListener("paste", function (e) {
    var text = (e.clipboardData || window.clipboardData).getData("text");
    if (!zone(text)) return;
    e.preventDefault();
    readNow(text);
  });

  // Typing: the names, the dates and the numbers that say who somebody is.
  var watched = /^(scan|surname_|given_names|birth_date|document\.number|id\.number|phone\.|email\.|sex)/;
  var pause = 0;
  form.addEventListener("input", function (e) {
    if (!watched.test(e.target.name || "")) return;
    clearTimeout(pause);
    pause = setTimeout(function () { look(false); }, 350);
  });

  // Alt and an arrow move the last word of the first surname, or the first of the second.
  form.addEventListener("keydown", function (e) {
    if (!e.altKey || !/^surname_(paternal|maternal)$/.test(e.target.name || "")) return;
    var p = form.elements.namedItem("surname_paternal"), m = form.elements.namedItem("surname_maternal");
    var left = p.value.trim().split(/\s+/).filter(Boolean), right = m.value.trim().split(/\s+/).filter(Boolean);
    if (e.key === "ArrowLeft" && left.length > 1) right.unshift(left.pop());
    else if (e.key === "ArrowRight" && right.length) left.push(right.shift());
    else return;
    e.preventDefault();
    p.value = left.join(" ");
    m.value = right.join(" ");
    look(false);
  });

  var clock = document.querySelector("[data-q-clock]");
  if (clock) {
    var since = Date.now();
    clock.hidden = false;
    setInterval(function () {
      var s = Math.round((Date.now() - since) / 1000);
      clock.textContent = Math.floor(s / 60) + ":" + ("0" + s % 60).slice(-2);
    }, 1000);
  }
})();
