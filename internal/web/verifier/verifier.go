// Package verifier makes the file that checks certificates and cards without a network: a
// page to be kept on a disk, with the list of keys and the list of revocations inside, that
// a browser opens and that loads nothing.
//
// Its script does what package constancy does and nothing more; a test asks both the same.
package verifier

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the file
	"encoding/base64"
	"encoding/json"
	"strings"
	"text/template"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
)

// FileName is what the file is called where it is kept.
const FileName = "quipu-verificador.html"

var (
	//go:embed verifier.html
	page string
	//go:embed verifier.css
	style string
	//go:embed verifier.js
	script string
)

var frame = template.Must(template.New("verifier").Parse(page))

// embedded is what the script finds in the file.
type embedded struct {
	Keys      string                          `json:"keys"`
	Revoked   string                          `json:"revoked"`
	StaleDays int                             `json:"stale_days"`
	State     map[i18n.Lang]string            `json:"state"`
	Documents map[string]map[i18n.Lang]string `json:"documents"`
	Offices   map[string]map[i18n.Lang]string `json:"offices"`
	Words     map[i18n.Lang]map[string]string `json:"words"`
}

// File makes the file from the signed list of keys and the signed list of revocations. The
// same lists give the same bytes.
func File(keys, revoked []byte) ([]byte, error) {
	ring, _, err := constancy.OpenRing(keys)
	if err != nil {
		return nil, err
	}
	if _, err := constancy.OpenRevocations(revoked, ring); err != nil {
		return nil, err
	}
	data, err := json.Marshal(embedded{Keys: string(keys), Revoked: string(revoked), StaleDays: constancy.StaleDays,
		State: labels(code.List("country"), ring.Country), Documents: documents(), Offices: offices(), Words: words()})
	if err != nil {
		return nil, fault.New(fault.Internal, "constancy.draw").Because(err)
	}
	var out bytes.Buffer
	// The parts are our own and JSON as encoding/json writes it ends no script element, so
	// that nothing here needs to be escaped.
	err = frame.Execute(&out, map[string]string{"Title": i18n.T(i18n.Spanish, "verifier.title"), "Style": style, "Script": script,
		"StyleHash": hash(style), "ScriptHash": hash(script), "Data": string(data)})
	if err != nil {
		return nil, fault.New(fault.Internal, "constancy.draw").Because(err)
	}
	return out.Bytes(), nil
}

// hash names a script or style to the policy of the page, which lets no other one run.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func labels(list *code.Table, of string) map[i18n.Lang]string {
	out := map[i18n.Lang]string{}
	for _, lang := range i18n.Langs {
		out[lang] = list.Label(of, string(lang))
	}
	return out
}

func documents() map[string]map[i18n.Lang]string {
	out := map[string]map[i18n.Lang]string{}
	list := code.List("doc_type")
	for _, it := range list.Items(civil.Date{}) {
		out[it.Code] = labels(list, it.Code)
	}
	return out
}

func offices() map[string]map[i18n.Lang]string {
	out := map[string]map[i18n.Lang]string{}
	for _, o := range place.Network().Offices() {
		out[o.Code] = map[i18n.Lang]string{}
		for _, lang := range i18n.Langs {
			out[o.Code][lang] = o.Name(string(lang))
		}
	}
	return out
}

// said are the keys of the messages of the file, beside those of the lists below.
var said = strings.Fields(`
	verifier.title verifier.intro verifier.text verifier.hint verifier.check verifier.lists verifier.holds
	verifier.list_today verifier.list_yesterday verifier.list_days verifier.list_old verifier.list_future
	verifier.newer verifier.newer_hint verifier.load_done verifier.load_older verifier.load_signature verifier.load_form
	verifier.about verifier.about_text verifier.signer verifier.keys verifier.look verifier.nothing_shown
	verifier.camera verifier.camera_stop verifier.camera_failed verifier.cannot verifier.damaged
	constancy.ending_in constancy.no_expiry
	constancy.label.name constancy.label.surnames constancy.label.given constancy.label.latin constancy.label.birth
	constancy.label.document constancy.label.number constancy.label.office constancy.label.since constancy.label.closed
	constancy.label.issued constancy.label.until constancy.label.serial constancy.label.key constancy.label.revoked
	ui.date.unknown ui.date.decade ui.date.month_year ui.date.full ui.date.approx ui.date.uncertain
	ui.month.1 ui.month.2 ui.month.3 ui.month.4 ui.month.5 ui.month.6 ui.month.7 ui.month.8 ui.month.9 ui.month.10 ui.month.11 ui.month.12`)

// words are the messages with their places unfilled.
func words() map[i18n.Lang]map[string]string {
	keys := append([]string{}, said...)
	for _, v := range constancy.Verdicts {
		keys = append(keys, "constancy.verdict."+string(v))
	}
	for _, k := range constancy.Kinds {
		keys = append(keys, "constancy.kind."+string(k))
	}
	out := map[i18n.Lang]map[string]string{}
	for _, lang := range i18n.Langs {
		out[lang] = map[string]string{}
		for _, k := range keys {
			out[lang][k] = i18n.T(lang, k)
		}
	}
	return out
}
