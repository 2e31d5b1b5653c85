package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// codesAPage bounds the weight of a page of a long list.
const codesAPage = 100

// standards are lists of others that ours correspond to and that are not lists here.
var standards = []string{"iso639-1"}

type codesScreen struct {
	ui.Page
	Tabs          []ui.Link
	Edition, Hash string
	Table         ui.Table
}

// codesPage lists the code lists.
func (s *Room) codesPage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Offices, v.Actor.Office); err != nil {
		return err
	}
	w := words{v.Words}
	page := &codesScreen{Page: s.Frame(v, w.T("officer.codes.title"), "/codigos"), Tabs: w.refTabs("/codigos"),
		Edition: code.Edition, Hash: code.Hash()}
	page.Table = ui.Table{Caption: w.T("officer.codes.lists"), Head: []ui.Column{{Text: w.T("officer.codes.list")},
		{Text: w.T("officer.codes.inforce"), Numeric: true}, {Text: w.T("officer.codes.all"), Numeric: true}}}
	for _, n := range code.Lists() {
		l := code.List(n)
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: n, Href: "/codigos/" + n},
			{Text: w.Number(len(l.Items(w.Today))), Numeric: true}, {Text: w.Number(len(l.Items(civil.Date{}))), Numeric: true}})
	}
	return s.Show(v, http.StatusOK, "codes.html", page)
}

type codeScreen struct {
	ui.Page
	List, Text string
	Table      ui.Table
	Paging     ui.Paging
}

// codePage shows the codes of one list with their validity, labels and correspondences.
func (s *Room) codePage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Offices, v.Actor.Office); err != nil {
		return err
	}
	l, ok := code.Find(v.PathValue("list"))
	if !ok {
		return s.Nowhere(v)
	}
	w := words{v.Words}
	page := &codeScreen{Page: s.Frame(v, w.T("officer.codes.of", "list", l.Name), "/codigos"), List: l.Name, Text: strings.TrimSpace(v.FormValue("q"))}
	page.Back.Href = "/codigos"
	items := slices.DeleteFunc(l.Items(civil.Date{}), func(it code.Item) bool {
		return !wanted(page.Text, append([]string{it.Code, it.ES, it.EN}, it.Aliases...)...)
	})
	to := corresponding(l)
	page.Table = ui.Table{Caption: l.Name, Empty: w.T("officer.codes.none"), Head: []ui.Column{{Text: w.T("officer.col.code")},
		{Text: w.T("ui.lang.es")}, {Text: w.T("ui.lang.en")}, {Text: w.T("officer.col.validity")}}}
	for _, other := range to {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: other})
	}
	skip, err := strconv.Atoi(v.FormValue("desde"))
	if err != nil || skip < 0 || skip >= len(items) {
		skip = 0
	}
	end := min(skip+codesAPage, len(items))
	for _, it := range items[skip:end] {
		row := []ui.Cell{{Text: it.Code}, {Text: it.ES}, {Text: it.EN}, {Text: w.validity(civil.Period{From: it.From, To: it.To})}}
		for _, other := range to {
			row = append(row, ui.Cell{Text: strings.Join(code.Map(l.Name, other, it.Code), ", ")})
		}
		page.Table.Rows = append(page.Table.Rows, row)
	}
	page.Paging = codesPaging(l.Name, page.Text, skip, end, len(items))
	return s.Show(v, http.StatusOK, "code.html", page)
}

// corresponding lists the lists that some code of l has a counterpart in.
func corresponding(l *code.Table) (out []string) {
	items := l.Items(civil.Date{})
	for _, other := range append(code.Lists(), standards...) {
		if other != l.Name && slices.ContainsFunc(items, func(it code.Item) bool { return code.Map(l.Name, other, it.Code) != nil }) {
			out = append(out, other)
		}
	}
	return out
}

func codesPaging(list, text string, skip, end, total int) ui.Paging {
	p := ui.Paging{From: min(skip+1, total), To: end, Total: total}
	at := func(n int) string {
		to := "/codigos/" + list + "?desde=" + strconv.Itoa(n)
		if text != "" {
			to += "&q=" + url.QueryEscape(text)
		}
		return to
	}
	if skip > 0 {
		p.Prev = at(max(0, skip-codesAPage))
	}
	if end < total {
		p.Next = at(end)
	}
	return p
}
