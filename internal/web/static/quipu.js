// Quipu works without this file. It only saves an officer's hand the way to the mouse.
(function () {
  "use strict";

  var summary = document.querySelector("[data-q-errors]");
  if (summary) summary.focus();

  function typing(el) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) &&
      !/^(checkbox|radio|button|submit|file)$/.test(el.type) || el.isContentEditable;
  }

  function submit() {
    var form = document.activeElement.form || document.querySelector("form[data-q-main]");
    if (!form) return false;
    form.requestSubmit(form.querySelector("[data-q-submit]") || undefined);
    return true;
  }

  // At the counter Enter goes to the next field; only Ctrl+Enter sends the form.
  function next(el) {
    var form = el.form;
    if (!form || !form.hasAttribute("data-q-enter") || !typing(el) || el.tagName === "TEXTAREA") return false;
    var all = Array.prototype.filter.call(form.elements, function (f) {
      return f.tabIndex >= 0 && !f.disabled && f.type !== "hidden" && f.tagName !== "FIELDSET";
    });
    var after = all[all.indexOf(el) + 1];
    if (after) after.focus();
    return !!after;
  }

  function follow(selector) {
    var link = document.querySelector(selector), form = document.querySelector("form[data-q-main]");
    if (!link) return false;
    if (selector === "[data-q-keys]" && form && changed(form)) link.target = "_blank"; // and nothing typed is left
    link.click();
    return true;
  }

  // From inside a field Esc only leaves the field, so that it takes two to lose what was typed.
  function leave(el) {
    if (!typing(el)) return follow("[data-q-back]");
    el.blur();
    return true;
  }

  function search() {
    var box = document.querySelector("[data-q-search]");
    if (!box) return follow("[data-q-home]");
    box.focus();
    box.select();
    return true;
  }

  document.addEventListener("keydown", function (e) {
    var done = false;
    if (e.defaultPrevented || e.isComposing) return;
    if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && next(e.target)) return e.preventDefault();
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) done = submit();
    else if (e.ctrlKey || e.metaKey || e.altKey) return;
    else if (e.key === "Escape") done = leave(e.target);
    else if (typing(e.target) || document.body.hasAttribute("data-q-plain")) return; // keys of one character
    else if (e.key === "/") done = search();
    else if (e.key === "?") done = follow("[data-q-keys]");
    else if (/^[1-9]$/.test(e.key)) done = follow('[data-q-key="' + e.key + '"]');
    if (done) e.preventDefault();
  });

  // A form sent twice over a slow link must not register a person twice.
  document.addEventListener("submit", function (e) {
    if (e.target.hasAttribute("data-q-sent")) e.preventDefault();
    else {
      e.target.setAttribute("data-q-sent", "");
      // An answer that is a file to keep leaves this page open: free the form again.
      setTimeout(function () { e.target.removeAttribute("data-q-sent"); }, 10000);
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("[data-q-sent]").forEach(function (f) {
      f.removeAttribute("data-q-sent");
    });
  });

  function changed(form) {
    if (document.body.hasAttribute("data-q-typed")) return true;
    return Array.prototype.some.call(form.elements, function (f) {
      if (f.type === "checkbox" || f.type === "radio") return f.checked !== f.defaultChecked;
      if (f.tagName === "SELECT") return Array.prototype.some.call(f.options, function (o) { return o.selected !== o.defaultSelected && o.index + o.defaultSelected > 0; });
      return f.defaultValue !== undefined && f.value !== f.defaultValue;
    });
  }

  // Another language, another purpose: what is typed is put aside before, and the way leads
  // back to it. A form with a password or a file stays as it was.
  function aside(then) {
    var form = document.querySelector("form[data-q-main]");
    if (!form || form.method !== "post" || form.querySelector("[type=password], [type=file]") || !changed(form)) return false;
    fetch("/apartar?accion=" + encodeURIComponent(form.getAttribute("action")),
      { method: "POST", redirect: "error", body: new URLSearchParams(new FormData(form)) })
      .then(function (r) { return r.ok ? r.text() : ""; }).catch(function () { return ""; }).then(then);
    return true;
  }

  document.querySelectorAll("a[data-q-aside]").forEach(function (a) {
    a.addEventListener("click", function (e) {
      if (aside(function (at) { location.href = at ? a.pathname + "?volver=" + encodeURIComponent(at) : a.href; })) e.preventDefault();
    });
  });
  document.querySelectorAll("form[data-q-aside]").forEach(function (f) {
    f.addEventListener("submit", function (e) {
      if (!aside(function (at) { if (at) f.elements.volver.value = at; f.submit(); })) return;
      e.preventDefault();
      e.stopPropagation();
    });
  });

  // Before the session ends the page says so, politely, and offers to stay.
  var lasts = document.querySelector("[data-q-lasts]"), soon = document.querySelector("[data-q-soon]");
  if (lasts && soon) {
    var timer, until = function (seconds, text) {
      clearTimeout(timer);
      soon.hidden = true;
      lasts.textContent = text;
      timer = setTimeout(function () { soon.hidden = false; }, Math.max(0, seconds - 120) * 1000);
    };
    until(+lasts.dataset.qLasts, lasts.textContent);
    var stay = document.querySelector("[data-q-stay]");
    if (stay) stay.addEventListener("click", function (e) {
      e.preventDefault();
      fetch(stay.href, { redirect: "error" }).then(function (r) { return r.text(); }).then(function (said) {
        until(parseInt(said, 10), said.slice(said.indexOf(" ") + 1));
      }).catch(function () {}); // it has ended or the line is down: what is typed waits at the next try
    });
  }

  document.querySelectorAll("[data-q-print]").forEach(function (b) {
    b.hidden = false;
    b.addEventListener("click", function () { window.print(); });
  });
})();
