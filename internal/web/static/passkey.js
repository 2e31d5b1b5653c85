// Asks the browser for a passkey and sends its answer as a form. Without this file an
// officer uses the codes of an app.
(function () {
  "use strict";

  var box = document.querySelector("[data-q-passkey]");
  if (!box || !window.PublicKeyCredential) return;
  var form = box.querySelector("form"), button = form.querySelector("button"), failed = box.querySelector("[role=alert]");

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    var raw = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function keys(list) {
    return (list || []).map(function (k) {
      var out = { type: k.type, id: bytes(k.id) };
      if (k.transports) out.transports = k.transports;
      return out;
    });
  }

  function wanted() {
    var o = JSON.parse(box.dataset.options);
    o.challenge = bytes(o.challenge);
    if (o.user) o.user.id = bytes(o.user.id);
    if (o.excludeCredentials) o.excludeCredentials = keys(o.excludeCredentials);
    if (o.allowCredentials) o.allowCredentials = keys(o.allowCredentials);
    return { publicKey: o };
  }

  function answer(c) {
    var r = c.response, out = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      out.attestationObject = text(r.attestationObject);
      if (r.getTransports) out.transports = r.getTransports();
    } else {
      out.authenticatorData = text(r.authenticatorData);
      out.signature = text(r.signature);
      if (r.userHandle) out.userHandle = text(r.userHandle);
    }
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: out,
      authenticatorAttachment: c.authenticatorAttachment || undefined, clientExtensionResults: c.getClientExtensionResults() });
  }

  button.hidden = false;
  form.addEventListener("submit", function (e) {
    if (form.elements.answer.value) return;
    e.preventDefault();
    e.stopPropagation();
    failed.hidden = true;
    navigator.credentials[box.dataset.qPasskey](wanted()).then(function (c) {
      form.elements.answer.value = answer(c);
      form.submit();
    }).catch(function () { failed.hidden = false; });
  });
})();
