(async function () {
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (name) => document.querySelector("[data-" + name + "]");
const utf8 = new TextEncoder();

// Words.

let lang = (navigator.languages || [navigator.language || ""]).some((l) => /^es\b/i.test(l)) ? "es" : "en";

function t(key, args) {
  const text = data.words[lang][key];
  return text.replace(/\{(\w+)\}/g, (all, name) => args && name in args ? String(args[name]) : all);
}

// dateWords puts an EDTF date into words, as far as it is known.
function dateWords(edtf) {
  const core = edtf.replace(/[~?%]+$/, ""), marks = edtf.slice(core.length);
  const parts = core.replace(/(-XX)+$/, "").split("-");
  let text = parts[0];
  if (!core || core.startsWith("XXXX")) text = t("ui.date.unknown");
  else if (parts.length === 1 && text.endsWith("X")) text = t("ui.date.decade", { year: text.slice(0, 3) + "0" });
  else if (parts.length > 1) {
    const month = t("ui.month." + Number(parts[1]));
    text = parts.length === 2 ? t("ui.date.month_year", { month, year: text })
      : t("ui.date.full", { day: Number(parts[2]), month, year: text });
  }
  if (/[~%]/.test(marks)) text = t("ui.date.approx", { date: text });
  if (/[?%]/.test(marks)) text = t("ui.date.uncertain", { date: text });
  return text;
}

// Days are texts "2026-11-23", which compare as they stand; a shorter one is as exact as it is.

function today() {
  const d = new Date();
  return d.getFullYear() + "-" + String(d.getMonth() + 1).padStart(2, "0") + "-" + String(d.getDate()).padStart(2, "0");
}

function before(a, b) {
  const n = Math.min(a.length, b.length);
  return n > 0 && a.slice(0, n) < b.slice(0, n);
}

const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 864e5);

// Signed lists, in the form of signed notes: a text, an empty line, signatures.

const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const number = (b) => ((b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3]) >>> 0;

// signedBy is the first of the keys that signed the note, and its text; null when none did.
async function signedBy(note, keys) {
  const cut = note.lastIndexOf("\n\n"), text = note.slice(0, cut + 1);
  for (const line of cut < 0 ? [] : note.slice(cut + 2).split("\n")) {
    const [dash, name, base64] = line.split(" ");
    if (dash !== "—" || !base64) continue;
    let sig;
    try { sig = bytes(base64); } catch { continue; }
    const key = keys.find((k) => k.name === name && sig.length === 68 && k.hash === number(sig));
    if (key && await key.verify(sig.slice(4), utf8.encode(text))) return { key, text };
  }
  return null;
}

// heading checks the three lines that a list begins with.
function heading(lines, title) {
  const [country, issued] = [lines[1] || "", lines[2] || ""];
  if (lines[0] !== title || !/^country [A-Z]{2}$/.test(country) || !/^issued \d{4}-\d\d-\d\d$/.test(issued)) throw new Error("form");
  return { country: country.slice(8), issued: issued.slice(7) };
}

async function readKey(line) {
  const [, from, until, name, hash, base64] = /^key (\S+) (\S+) ([^+ ]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line);
  const raw = bytes(base64);
  if (raw[0] !== 1 || raw.length !== 33) throw new Error("form");
  const key = await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]);
  return {
    public: name + "+" + hash + "+" + base64, name, hash: parseInt(hash, 16),
    from: from === ".." ? "" : from, until: until === ".." ? "" : until,
    verify: (sig, message) => crypto.subtle.verify({ name: "Ed25519" }, key, sig, message),
  };
}

async function openRing(note) {
  const lines = note.slice(0, note.lastIndexOf("\n\n")).split("\n");
  const ring = heading(lines, "quipu constancy keys 1");
  ring.keys = await Promise.all(lines.slice(3).map(readKey));
  const signed = await signedBy(note, ring.keys);
  if (!signed) throw new Error("signature");
  ring.signer = signed.key.public;
  return ring;
}

async function openRevoked(note, ring) {
  const signed = await signedBy(note, ring.keys);
  if (!signed) throw new Error("signature");
  const lines = signed.text.replace(/\n$/, "").split("\n");
  const list = heading(lines, "quipu constancy revoked 1");
  if (list.country !== ring.country) throw new Error("form");
  list.serials = new Map(lines.slice(3).map((line) => line.split(" ")));
  return list;
}

// The text of a statement: "QP1:" base32( length(2) statement signature(64) crc32(4) ).

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function compact(text) {
  text = text.replace(/[\s\u0085\ufeff]/g, "").toUpperCase();
  return text.replace(/^QP1(?:;|[^\0-\x7f\ufffd])/u, "QP1:"); // a scanner that believes in another keyboard
}

function base32(text) {
  if ([1, 3, 6].includes(text.length % 8)) return null;
  const out = [];
  let bits = 0, held = 0;
  for (const c of text) {
    const v = alphabet.indexOf(c);
    if (v < 0) return null;
    held = (held << 5 | v) & 0xfff;
    if ((bits += 5) >= 8) out.push(held >> (bits -= 8) & 255);
  }
  // Bits that are left over are zero: a statement has one text only.
  return { bytes: Uint8Array.from(out), exact: (held & (1 << bits) - 1) === 0 };
}

function crc32(b) {
  let c = ~0;
  for (const v of b) {
    c ^= v;
    for (let i = 0; i < 8; i++) c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

function uvarint(b, at) {
  let n = 0, unit = 1;
  for (let i = at; i < b.length && i < at + 6; i++, unit *= 128) {
    n += (b[i] & 127) * unit;
    if (b[i] < 128) return [n, i + 1];
  }
  throw new Error("form");
}

const ascii = (b) => String.fromCharCode(...b);

function packedDate(b) {
  if (!b || b.length !== 3) return ascii(b || []);
  const n = b[0] << 16 | b[1] << 8 | b[2], two = (v) => "-" + String(v).padStart(2, "0");
  const [month, day] = [n >> 5 & 15, n & 31];
  return String(n >> 9).padStart(4, "0") + (month ? two(month) : "") + (day ? two(day) : "");
}

// packedNumber is the registry number of a running number, with its check digit (Damm).
function packedNumber(b) {
  const table = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];
  const digits = String(uvarint(b, 0)[0]).padStart(10, "0");
  const check = [...digits].reduce((held, d) => table[held][d], 0);
  return digits.slice(0, 4) + "-" + digits.slice(4, 7) + "-" + digits.slice(7) + check;
}

const tags = ["", "kind", "country", "serial", "number", "surnames", "given", "latin", "birth", "document", "office", "since", "closed", "issued", "until", "key"];

function statement(b) {
  const part = {};
  for (let at = 0, last = 0; at < b.length;) {
    const tag = b[at], [n, from] = uvarint(b, at + 1);
    if (tag <= last || tag >= tags.length || n === 0 || from + n > b.length) throw new Error("form");
    part[tags[tag]] = b.slice(from, at = from + n);
    last = tag;
  }
  const text = new TextDecoder("utf-8", { fatal: true });
  const s = { kind: { R: "registration", B: "removal", C: "card" }[ascii(part.kind)], key: number(part.key), number: packedNumber(part.number) };
  for (const name of ["country", "surnames", "given", "latin", "document", "office"]) s[name] = text.decode(part[name] || new Uint8Array());
  for (const name of ["birth", "since", "closed", "issued", "until"]) s[name] = packedDate(part[name]);
  s.serial = ascii(part.serial).replace(/(....)(?=.)/g, "$1-");
  if (!s.kind || part.key.length !== 4 || !/^[0-9A-Z-]{14}$/.test(s.serial) || !/^\d{4}-\d\d-\d\d$/.test(s.issued)) throw new Error("form");
  return s;
}

// read takes a text apart up to its statement; bad says why it cannot.
function read(text) {
  text = compact(text);
  if (!text.startsWith("QP1:")) return { bad: /^QP\d*(:|$)/.test(text) && text.length > 3 ? "newer" : "foreign" };
  const body32 = text.slice(4);
  const got = base32(body32) || base32(body32.slice(0, body32.length - body32.length % 8));
  if (!got) return { bad: "altered" };
  const b = got.bytes, n = b.length < 2 ? 0 : b[0] << 8 | b[1], end = 2 + n + 64;
  if (b.length < 2 || b.length < end + 4) return { bad: "truncated" };
  const whole = b.length === end + 4 && got.exact && Math.ceil(b.length * 8 / 5) === body32.length;
  if (!whole || number(b.slice(end)) !== crc32(b.slice(0, end))) return { bad: "altered" };
  try {
    return { signed: b.slice(2, 2 + n), sig: b.slice(2 + n, end), statement: statement(b.slice(2, 2 + n)) };
  } catch {
    return { bad: "altered" };
  }
}

const domain = utf8.encode("quipu constancy statement 1\n");

async function check(text, on) {
  const r = read(text);
  if (r.bad) return { verdict: r.bad };
  const s = r.statement, key = ring.keys.find((k) => k.hash === s.key);
  if (!key) return { verdict: s.country === ring.country ? "unknown_key" : "wrong_country" };
  const message = new Uint8Array(domain.length + r.signed.length);
  message.set(domain);
  message.set(r.signed, domain.length);
  if (!await key.verify(r.sig, message)) return { verdict: "forged" };
  const out = { statement: s, revokedOn: revoked.serials.get(s.serial) || "" };
  if (s.country !== ring.country) out.verdict = "wrong_country";
  else if (before(s.issued, key.from) || before(key.until, s.issued)) out.verdict = "retired_key";
  else if (out.revokedOn) out.verdict = "revoked";
  else if (before(on, s.issued)) out.verdict = "early";
  else if (before(s.until, on)) out.verdict = "expired";
  else out.verdict = "valid";
  return out;
}

// What is shown.

function element(name, text, cls) {
  const e = document.createElement(name);
  e.textContent = text;
  if (cls) e.className = cls;
  return e;
}

function particulars(s, revokedOn) {
  const one = !s.surnames || !s.given, [type, digits] = s.document.split(" ");
  const label = (table, code) => table[code] ? table[code][lang] : code;
  const rows = [["name", one && (s.surnames || s.given)], ["surnames", !one && s.surnames], ["given", !one && s.given], ["latin", s.latin],
    ["birth", dateWords(s.birth)], ["document", type && t("constancy.ending_in", { type: label(data.documents, type), digits })],
    ["number", s.number], ["office", label(data.offices, s.office)], ["since", s.since && dateWords(s.since)],
    ["closed", s.closed && dateWords(s.closed)], ["issued", dateWords(s.issued)], ["until", s.until ? dateWords(s.until) : t("constancy.no_expiry")],
    ["serial", s.serial], ["key", s.key.toString(16).padStart(8, "0")], ["revoked", revokedOn && dateWords(revokedOn)]];
  const list = document.createElement("dl");
  for (const [name, value] of rows) {
    if (!value) continue;
    const row = document.createElement("div");
    row.append(element("dt", t("constancy.label." + name)), element("dd", value));
    list.append(row);
  }
  return list;
}

function listAge(on) {
  const old = days(revoked.issued, on), when = { date: dateWords(revoked.issued), days: old };
  if (old < 0) return t("verifier.list_future", when);
  return t(old > data.stale_days ? "verifier.list_old" : old === 0 ? "verifier.list_today" : old === 1 ? "verifier.list_yesterday" : "verifier.list_days", when);
}

let ring, revoked, last = null, lastText = "";

function showAnswer() {
  const place = $("answer");
  place.replaceChildren();
  document.title = t("verifier.title");
  if (!last) return;
  const on = today(), r = last, stale = days(revoked.issued, on) > data.stale_days;
  const colour = r.verdict === "valid" ? stale ? "warn" : "good" : ["expired", "early", "truncated", "newer", "unknown_key", "foreign", "wrong_country"].includes(r.verdict) ? "warn" : "bad";
  const box = element("div", "", "verdict " + colour), words = t("constancy.verdict." + r.verdict);
  box.dataset.verdict = r.verdict;
  box.append(element("h2", words));
  if (r.statement) {
    box.append(element("p", t("constancy.kind." + r.statement.kind)), particulars(r.statement, r.revokedOn), element("p", t("verifier.look")));
    if (r.verdict !== "revoked") box.append(element("p", listAge(on)));
  } else box.append(element("p", t("verifier.nothing_shown")));
  place.append(box);
  document.title = words.split(":")[0] + " – " + document.title;
}

function showWords() {
  document.documentElement.lang = lang;
  document.querySelectorAll("[data-t]").forEach((e) => { e.textContent = t(e.dataset.t); });
  document.querySelectorAll("[data-lang]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.lang === lang)));
  $("state").textContent = data.state[lang];
  $("look").textContent = t(stream ? "verifier.camera_stop" : "verifier.camera");
  $("trouble").replaceChildren(...trouble ? [element("p", t(trouble), "verdict bad")] : []);
  if (revoked) {
    $("age").textContent = t("verifier.holds", { date: dateWords(ring.issued), keys: ring.keys.length, serials: revoked.serials.size }) + " " + listAge(today());
    $("signer").textContent = ring.signer;
    $("keys").replaceChildren(...ring.keys.map((k) => element("li", k.public)));
  }
  showAnswer();
}

async function ask(text) {
  lastText = text;
  last = await check(text, today());
  showAnswer();
}

document.querySelectorAll("[data-lang]").forEach((b) => b.addEventListener("click", () => { lang = b.dataset.lang; showWords(); }));

$("form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const box = document.getElementById("text");
  await ask(box.value);
  box.select(); // the next scan takes its place
});

document.getElementById("file").addEventListener("change", async (e) => {
  const file = e.target.files[0], say = (key, args) => { $("loaded").textContent = t(key, args); };
  if (!file || !ring) return;
  try {
    const list = await openRevoked(await file.text(), ring);
    if (list.issued < revoked.issued) return say("verifier.load_older");
    revoked = list;
    if (last) last = await check(lastText, today());
    showWords();
    say("verifier.load_done", { date: dateWords(list.issued) });
  } catch (err) {
    say(err.message === "signature" ? "verifier.load_signature" : "verifier.load_form");
  }
});

// The camera, where the browser itself reads codes.

let stream = null, trouble = "";

function stopCamera() {
  if (stream) stream.getTracks().forEach((track) => track.stop());
  stream = null;
  $("video").hidden = true;
  showWords();
}

async function look() {
  if (stream) return stopCamera();
  const video = $("video");
  try {
    stream = video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.hidden = false;
    showWords();
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    while (stream) {
      const [code] = await detector.detect(video);
      if (code) {
        document.getElementById("text").value = code.rawValue;
        stopCamera();
        return ask(code.rawValue);
      }
      await new Promise((done) => setTimeout(done, 150));
    }
  } catch {
    stopCamera();
    $("loaded").textContent = t("verifier.camera_failed");
  }
}

async function offerCamera() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return;
  $("camera").hidden = false;
  $("look").addEventListener("click", look);
}

// able asks the browser whether it knows the signatures at all, with a key of any value.
async function able() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array([1, ...new Uint8Array(31)]), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

if (!await able()) trouble = "verifier.cannot";
else {
  try {
    ring = await openRing(data.keys);
    revoked = await openRevoked(data.revoked, ring);
    $("form").hidden = false;
    document.getElementById("text").focus();
    await offerCamera();
  } catch {
    ring = revoked = null;
    trouble = "verifier.damaged";
  }
}
showWords();
document.documentElement.dataset.ready = "yes";
})();
