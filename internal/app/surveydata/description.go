package surveydata

import (
	"slices"
	"strings"

	"quipu/internal/code"
	"quipu/internal/estimate/weighting"
	"quipu/internal/i18n"
	"quipu/internal/place"
	form "quipu/internal/survey"
	"quipu/internal/survey/ddi"
	"quipu/internal/survey/fieldwork"
)

// description is what DDI says of the survey besides its columns.
func (s *Set) description() (ddi.Study, error) {
	sv := &s.Survey
	footing := "survey.footing." + string(sv.Footing)
	out := ddi.Study{Producer: sv.Office, Software: i18n.T(i18n.Spanish, "ui.product"), File: Table + ".csv", Weight: "weight", Weights: []string{"weight", "weight_base"},
		Units: both("surveydata.ddi.units"), Universe: both(footing + ".hint"), Kind: both("surveydata.ddi.kind"), Errors: both("surveydata.ddi.errors"),
		Confidentiality: both("surveydata.ddi.confidential"), Restriction: both("surveydata.ddi.restriction"), Withheld: both("surveydata.ddi.withheld"), FileKind: both("surveydata.ddi.file")}
	if o, ok := place.Network().Office(sv.Office); ok {
		out.Producer = o.Name(string(i18n.Spanish))
	}
	countries, err := s.countries()
	if err != nil {
		return out, err
	}
	list := code.List("country")
	for _, c := range slices.Sorted(slices.Values(countries.Levels)) {
		if c != "" {
			out.Nations = append(out.Nations, ddi.Nation{Code: c, Label: form.Text{"es": list.Label(c, "es"), "en": list.Label(c, "en")}})
		}
	}
	rates, err := s.response()
	if err != nil {
		return out, err
	}
	out.Sampling, out.Weighting, out.Response = form.Text{}, form.Text{}, form.Text{}
	for _, lang := range i18n.Langs {
		l := string(lang)
		out.Sampling[l] = i18n.T(lang, footing) + ". " + i18n.T(lang, "surveydata.ddi.sampling", "strata", len(s.strata()), "interviews", s.Book.Rows)
		out.Weighting[l] = s.weighting(lang)
		if rates != nil {
			out.Response[l] = strings.Join(rates(lang), "; ")
		}
	}
	return out, nil
}

func (s *Set) strata() []string {
	if v := s.Book.Find("stratum"); v != nil {
		return levelsOf(v)
	}
	return nil
}

// weighting says how the final weights came about.
func (s *Set) weighting(lang i18n.Lang) string {
	parts := []string{i18n.T(lang, "surveydata.ddi.factor")}
	if s.Left.Equal {
		parts = []string{i18n.T(lang, "surveydata.equal")}
	}
	st := &s.Steps
	if st.Nonresponse != weighting.Never {
		parts = append(parts, i18n.T(lang, "surveydata.ddi.nonresponse", "classes", i18n.T(lang, "weighting.classes."+string(st.Nonresponse))))
	}
	if st.Method != weighting.None {
		var of []string
		for _, v := range st.Variables {
			of = append(of, i18n.T(lang, "weighting.of."+v.Of))
		}
		parts = append(parts, i18n.T(lang, "surveydata.ddi.calibrated", "method", i18n.T(lang, "weighting.method."+string(st.Method)), "variables", strings.Join(of, ", "), "date", st.Date))
	}
	if len(s.trimming()) > 0 {
		parts = append(parts, i18n.T(lang, "surveydata.ddi.trimmed"))
	}
	return strings.Join(parts, " ")
}

// response gives AAPOR's rates of response in words; nil without a sample. A case that nobody
// tried counts as of unknown eligibility.
func (s *Set) response() (func(i18n.Lang) []string, error) {
	n, any := fieldwork.Counts{}, false
	for _, c := range s.cases {
		class := fieldwork.UnknownPerson
		if c.Disposition != "" {
			d, err := fieldwork.Find(c.Disposition)
			if err != nil {
				return nil, err
			}
			class = d.Class
		}
		n[class] += float64(c.N)
		any = any || c.N > 0
	}
	if !any {
		return nil, nil
	}
	rates, err := n.Rates(n.Eligible())
	return func(lang i18n.Lang) (out []string) {
		for _, r := range rates {
			if strings.HasPrefix(r.Name, "RR") {
				out = append(out, r.Name+" "+i18n.Decimal(lang, 100*r.Value, 1)+" %")
			}
		}
		return out
	}, err
}
