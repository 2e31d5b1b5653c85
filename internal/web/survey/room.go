// Package survey holds the screens of surveys: which there are, the plan of one, its
// questionnaire, its cases and how the fieldwork goes, and what was answered.
package survey

import (
	"embed"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct {
	*desk.Desk
	invented inventions
}

// New makes the room.
func New(d *desk.Desk) *Room { return &Room{Desk: d} }

// home is the address of the room, which the menu has.
const home = "/encuestas"

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /encuestas", Do: s.listPage},
		{Pattern: "GET /encuestas/nueva", Do: s.newPage},
		{Pattern: "POST /encuestas/nueva", Do: s.plan},
		{Pattern: "GET /encuestas/codigo", Do: s.codePage},
		{Pattern: "POST /encuestas/codigo", Unkept: true, Do: s.makeCode},
		{Pattern: "GET /encuestas/{survey}", Do: s.planPage},
		{Pattern: "POST /encuestas/{survey}", Do: s.onPlan},
		{Pattern: "GET /encuestas/{survey}/cuestionario", Time: desk.LongWork, Do: s.formPage},
		{Pattern: "POST /encuestas/{survey}/cuestionario", Unkept: true, Bytes: mostWorkbook, Time: desk.LongWork, Do: s.putForm},
		{Pattern: "GET /encuestas/{survey}/cuestionario/xform", Do: s.xform},
		{Pattern: "GET /encuestas/{survey}/muestra", Do: s.samplePage},
		{Pattern: "POST /encuestas/{survey}/muestra", Unkept: true, Bytes: mostPlacesFile, Time: desk.LongWork, Do: s.onSample},
		{Pattern: "GET /encuestas/{survey}/muestra/plantilla", Do: s.placesTemplate},
		{Pattern: "GET /encuestas/{survey}/pesos", Time: desk.LongWork, Do: s.weightsPage},
		{Pattern: "POST /encuestas/{survey}/pesos", Time: desk.LongWork, Do: s.onWeights},
		{Pattern: "GET /encuestas/{survey}/cambio", Time: desk.LongWork, Do: s.ratesPage},
		{Pattern: "POST /encuestas/{survey}/cambio", Unkept: true, Bytes: mostRates, Time: desk.LongWork, Do: s.putRates},
		{Pattern: "GET /encuestas/{survey}/campo", Do: s.fieldPage},
		{Pattern: "POST /encuestas/{survey}/campo", Do: s.onField},
		{Pattern: "GET /encuestas/{survey}/campo/tiempos", Time: desk.LongWork, Do: s.conductPage},
		{Pattern: "GET /encuestas/{survey}/campo/inventar", Do: s.inventPage},
		{Pattern: "POST /encuestas/{survey}/campo/inventar", Do: s.onInvent},
		{Pattern: "GET /encuestas/{survey}/casos/{case}", Do: s.casePage},
		{Pattern: "POST /encuestas/{survey}/casos/{case}", Do: s.onCase},
		{Pattern: "GET /encuestas/{survey}/casos/{case}/cupones", Do: s.couponsPage},
		{Pattern: "POST /encuestas/{survey}/casos/{case}/cupones", Do: s.onCoupons},
		{Pattern: "GET /encuestas/{survey}/cupon", Do: s.takePage},
		{Pattern: "POST /encuestas/{survey}/cupon", Do: s.onTake},
		{Pattern: "GET /encuestas/{survey}/cadenas", Time: desk.LongWork, Do: s.chainReportPage},
		{Pattern: "GET /encuestas/{survey}/respuestas", Do: s.answersPage},
		{Pattern: "GET /encuestas/{survey}/respuestas/{submission}", Do: s.answerPage},
		{Pattern: "POST /encuestas/{survey}/respuestas/{submission}", Do: s.onAnswer},
		{Pattern: "GET /encuestas/{survey}/perfil", Do: s.profilePage},
		{Pattern: "GET /encuestas/{survey}/analisis", Time: desk.LongWork, Do: s.analysisPage},
		{Pattern: "POST /encuestas/{survey}/analisis", Unkept: true, Bytes: mostPlan, Time: desk.LongWork, Do: s.onPlanFile},
		{Pattern: "GET /encuestas/{survey}/analisis/plan", Time: desk.LongWork, Do: s.planFile},
		{Pattern: "GET /encuestas/{survey}/variables", Time: desk.LongWork, Do: s.variablesPage},
		{Pattern: "GET /encuestas/{survey}/archivo", Time: desk.LongWork, Do: s.export},
	}
}

// tabs are the pages of one survey that the officer may open. Who only interviews has three:
// the interviews, the cases and what was sent.
func (w words) tabs(v *desk.Visit) (out []ui.Link) {
	at := home + "/" + v.PathValue("survey")
	if authz.May(v.Actor, authz.Interview, v.Actor.Office) {
		out = append(out, ui.Link{Text: w.T("interview.tab"), Href: at + "/entrevista"})
	}
	runs := authz.ReachOf(v.Actor, authz.Fieldwork) != authz.None
	for _, t := range []struct{ key, path string }{{"survey.tab.plan", ""}, {"survey.tab.form", "/cuestionario"}, {"survey.tab.sample", "/muestra"}, {"survey.tab.field", "/campo"},
		{"survey.tab.answers", "/respuestas"}, {"survey.tab.weights", "/pesos"}, {"surveyprofile.tab", "/perfil"}, {"surveydata.tab.analysis", "/analisis"}, {"surveydata.tab.variables", "/variables"}} {
		if slices.Contains([]string{"/pesos", "/perfil", "/analisis", "/variables"}, t.path) && !mayAnalyse(v) || !runs && t.path != "/campo" && t.path != "/respuestas" {
			continue
		}
		out = append(out, ui.Link{Text: w.T(t.key), Href: at + t.path, Current: v.URL.Path == at+t.path})
	}
	return out
}

// stays reports whether an error is shown on the page that was sent, and not instead of it.
func stays(err error) bool {
	return desk.Mendable(err) && !fault.Is(err, "survey.moved")
}
