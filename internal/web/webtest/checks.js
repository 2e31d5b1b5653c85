// What axe leaves out of WCAG 2.2, asked of the open page.
window.quipuChecks = (function () {
  "use strict";

  function name(el) {
    var text = (el.getAttribute("aria-label") || el.innerText || el.value || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return el.tagName.toLowerCase() + (el.id ? "#" + el.id : el.name ? "[name=" + el.name + "]" : "") + (text ? " “" + text + "”" : "");
  }

  function shown(el) {
    return el.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && el.getClientRects().length > 0;
  }

  // 1.4.10: nothing but a table in its own scrolling region is wider than the window.
  function wide() {
    var room = document.documentElement.clientWidth, found = [];
    if (document.documentElement.scrollWidth <= room) return found;
    document.querySelectorAll("body *").forEach(function (el) {
      if (!shown(el) || el.closest(".q-scroll") && !el.matches(".q-scroll")) return;
      if (el.getBoundingClientRect().right > room + 1) found.push(name(el));
    });
    return ["the page is " + (document.documentElement.scrollWidth - room) + " px wider than the window: " + found.slice(0, 5).join(", ")];
  }

  // outside reports a text in an element that stands outside of it.
  function outside(el) {
    var box = el.getBoundingClientRect(), texts = document.createTreeWalker(el, NodeFilter.SHOW_TEXT), range = document.createRange();
    for (var n = texts.nextNode(); n; n = texts.nextNode()) {
      if (!n.data.trim() || n.parentElement.closest(".govuk-visually-hidden")) continue;
      range.selectNodeContents(n);
      var r = range.getBoundingClientRect();
      if (r.width > 0 && (r.right > box.right + 1 || r.bottom > box.bottom + 1 || r.left < box.left - 1 || r.top < box.top - 1)) return true;
    }
    return false;
  }

  // 1.4.12: with the spacing that a reader may set nothing is cut off.
  function spaced() {
    var sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }" +
      " p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets.push(sheet);
    var found = wide();
    document.querySelectorAll("body *").forEach(function (el) {
      if (!shown(el) || /^(INPUT|SELECT|TEXTAREA|OPTION|IMG|SVG)$/i.test(el.tagName) || el.matches(".govuk-visually-hidden, .q-scroll, .govuk-skip-link")) return;
      var s = getComputedStyle(el);
      if (/hidden|clip/.test(s.overflowX + s.overflowY) && outside(el)) found.push("cut off with wide spacing: " + name(el));
    });
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(function (s) { return s !== sheet; });
    return found;
  }

  // Everything that Tab must reach, in the order of the document; of radio buttons with one
  // name the browser stops at one.
  function stops() {
    var radios = {};
    return Array.prototype.filter.call(document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]"), function (el) {
      if (el.disabled || el.tabIndex < 0 || el.type === "hidden" || !shown(el)) return false;
      if (el.type !== "radio") return true;
      var group = (el.form ? Array.prototype.indexOf.call(document.forms, el.form) : "") + el.name;
      if (radios[group]) return false;
      return radios[group] = true;
    });
  }

  // How an element and what stands for it look: a focus that changes none of it is not seen.
  function look(el) {
    var of = function (node, pseudo) {
      var s = getComputedStyle(node, pseudo);
      var line = /rgba\(.*, 0\)|transparent/.test(s.outlineColor) || s.outlineStyle === "none" ? "" : s.outlineWidth + s.outlineColor + s.outlineStyle;
      return [line, s.boxShadow, s.backgroundColor, s.borderColor, s.borderWidth, s.textDecorationLine, s.textDecorationThickness].join("|");
    };
    var parts = [of(el), of(el, "::before"), of(el, "::after")];
    var label = el.labels && el.labels[0];
    if (label) parts.push(of(label), of(label, "::before"), of(label, "::after"));
    return parts.join("\n");
  }

  // 2.4.11: some part of what has the focus is on top and in the window.
  function seen(el) {
    return Array.prototype.some.call(el.getClientRects(), function (all) {
      var r = { left: Math.max(all.left, 0), top: Math.max(all.top, 0) }; // what of it is in the window
      r.width = Math.min(all.right, window.innerWidth) - r.left;
      r.height = Math.min(all.bottom, window.innerHeight) - r.top;
      if (r.width <= 0 || r.height <= 0) return false;
      return [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(function (at) {
        var top = document.elementFromPoint(r.left + r.width * at[0], r.top + r.height * at[1]);
        return top && (el.contains(top) || top.contains(el) && top !== document.body && top !== document.documentElement ||
          el.labels && Array.prototype.some.call(el.labels, function (l) { return l.contains(top); }));
      });
    });
  }

  // 2.5.3: who says aloud what stands on a button presses it. 1.4.13: nothing comes up by
  // pointing at it. 2.1.4 and the like are asked elsewhere.
  function named() {
    var found = [];
    stops().forEach(function (el) {
      if (!el.matches("a, button, summary")) return;
      var copy = el.cloneNode(true), said = el.getAttribute("aria-label");
      copy.querySelectorAll("kbd, .govuk-visually-hidden, svg").forEach(function (x) { x.remove(); });
      var text = copy.textContent.trim().replace(/\s+/g, " ").toLowerCase();
      if (said && text && said.toLowerCase().indexOf(text) < 0) found.push("is called “" + said + "” and shows “" + text + "”");
    });
    document.querySelectorAll("body [title]").forEach(function (el) { found.push("has a text that only pointing shows: " + name(el)); });
    return found;
  }

  var before, order, went, told, inner = 0;

  // begin puts the focus before the first element and notes where it goes.
  function begin() {
    order = Array.prototype.slice.call(document.querySelectorAll("*"));
    before = new Map();
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    stops().forEach(function (el) { before.set(el, look(el)); });
    went = [];
    document.addEventListener("focusin", function (e) { went.push(e.target); });
    window.scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    went = [];
    told = 0;
    return before.size;
  }

  // here tells of what has the focus now.
  function here() {
    var el = document.activeElement;
    if (!el || el === document.body || el === document.documentElement) return { name: "", problems: [] };
    var at = went.length - 1, problems = [];
    // A date has its own stops for day, month, year and the calendar.
    if (went.length === told && /^(date|time|month|week|datetime-local)$/.test(el.type) && inner++ < 8) return { name: name(el), inside: true, problems: [] };
    inner = 0;
    var again = went.length === told || went.slice(0, at).indexOf(el) >= 0;
    told = went.length;
    if (again) return { name: name(el), again: true, problems: [] };
    if (at > 0 && order.indexOf(went[at]) < order.indexOf(went[at - 1])) problems.push("Tab goes back from " + name(went[at - 1]) + " to " + name(el));
    if (before.has(el) && before.get(el) === look(el)) problems.push("the focus cannot be seen on " + name(el));
    return { name: name(el), hidden: !seen(el), problems: problems };
  }

  // hidden reports whether what has the focus still cannot be seen.
  function hidden() { return !!document.activeElement && !seen(document.activeElement); }

  // missed lists what Tab did not reach.
  function missed() {
    return stops().filter(function (el) {
      return !went.some(function (w) { return w === el || w.type === "radio" && w.name === el.name && w.form === el.form; });
    }).map(function (el) { return "Tab does not reach " + name(el); });
  }

  return { wide: wide, spaced: spaced, begin: begin, here: here, hidden: hidden, missed: missed, named: named };
})();
