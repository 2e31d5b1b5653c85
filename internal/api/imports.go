package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"quipu/internal/api/strict"
	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/intake"
	"quipu/internal/tabular"
)

type importIn struct {
	Office       string            `json:"office" most:"20"`
	DryRun       bool              `json:"dry_run"`
	AllOrNothing bool              `json:"all_or_nothing"`
	AnyOffice    bool              `json:"any_office"`
	Map          map[string]string `json:"map" most:"80"`
	Encoding     string            `json:"encoding" most:"20"`
	Delimiter    string            `json:"delimiter" most:"1"`
	Sheet        string            `json:"sheet" most:"100"`
	HeaderRow    int               `json:"header_row" range:"0-1000000"`
}

func (in *importIn) options() tabular.Options {
	o := tabular.Options{Encoding: tabular.Encoding(in.Encoding), Sheet: in.Sheet, HeaderRow: in.HeaderRow, Limits: tabular.Limits{Bytes: maxList}}
	for _, r := range in.Delimiter {
		o.Delimiter = r
	}
	return o
}

type importBody struct {
	Batch          string          `json:"batch"`
	Office         string          `json:"office"`
	File           string          `json:"file"`
	SHA256         string          `json:"sha256"`
	DryRun         bool            `json:"dry_run"`
	Approximate    bool            `json:"approximate"`
	Rows           int             `json:"rows"`
	New            int             `json:"new"`
	Same           int             `json:"same"`
	Changed        int             `json:"changed"`
	Refused        int             `json:"refused"`
	Doubts         int             `json:"doubts"`
	Likely         int             `json:"likely"`
	Columns        []columnBody    `json:"columns"`
	RefusedRows    []refusedRow    `json:"refused_rows"`
	RefusedColumns []refusedColumn `json:"refused_columns"`
}

type columnBody struct {
	Header string `json:"header"`
	Target string `json:"target"`
}

// refusedRow says where a row is wrong, never the row itself.
type refusedRow struct {
	Row        int    `json:"row"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	ColumnName string `json:"column_name"`
	Key        string `json:"key"`
	Message    string `json:"message"`
}

type refusedColumn struct {
	Column  int    `json:"column"`
	Name    string `json:"name"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// mostRefused bounds the refused rows that are told one by one.
const mostRefused = 500

func importList(c *call) (*reply, error) {
	in := importIn{}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	reader, mapping, err := c.openList(&in)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	body := importBody{Office: or(in.Office, c.actor.Office), File: c.list.name, SHA256: reader.Info().SHA256, DryRun: in.DryRun, RefusedRows: []refusedRow{}}
	res, err := c.app().Import(c.Context(), c.actor, app.ImportJob{Name: c.list.name, Office: body.Office, AnyOffice: in.AnyOffice, Reader: reader,
		Mapping: mapping, DryRun: in.DryRun, AllOrNothing: in.AllOrNothing, Refused: func(_ []string, why *intake.Refusal) error {
			if len(body.RefusedRows) < mostRefused {
				body.RefusedRows = append(body.RefusedRows, refusedRow{why.Row, why.Line, why.Column, why.ColumnName,
					why.Reason.Key, i18n.Fault(c.lang, why.Reason)})
			}
			return nil
		}})
	body.fill(c, res, mapping)
	if fault.Is(err, "app.all_or_nothing") {
		return nil, &refusal{err: err, more: map[string]any{"import": body}}
	}
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		return &reply{status: http.StatusOK, body: body, passing: true}, nil
	}
	return &reply{status: http.StatusCreated, body: body, headers: map[string]string{"Location": Prefix + "/imports/" + res.Batch}}, nil
}

// openList opens the list that was sent and finds out what its columns are.
func (c *call) openList(in *importIn) (*tabular.Reader, intake.Mapping, error) {
	open := func() (*tabular.Reader, error) {
		return tabular.NewReader(bytes.NewReader(c.list.data), int64(len(c.list.data)), in.options())
	}
	sample, err := app.SampleRows(open)
	if err != nil {
		return nil, intake.Mapping{}, err
	}
	reader, err := open()
	if err != nil {
		return nil, intake.Mapping{}, err
	}
	if err := tabular.CheckName(c.list.name, reader.Info().Format); err != nil {
		reader.Close() //nolint:errcheck // it is memory
		return nil, intake.Mapping{}, err
	}
	m := intake.Recognise(reader.Info().Header, sample)
	for _, column := range slices.Sorted(maps.Keys(in.Map)) {
		if err := m.Set(column, in.Map[column]); err != nil {
			reader.Close() //nolint:errcheck // it is memory
			return nil, m, fault.As(err).On("/map/" + strict.Escape(column))
		}
	}
	return reader, m, nil
}

func (b *importBody) fill(c *call, res app.ImportResult, m intake.Mapping) {
	b.Batch, b.Approximate, b.Rows, b.New, b.Same = res.Batch, res.Approximate, res.Rows, res.New, res.Same
	b.Changed, b.Refused, b.Doubts, b.Likely = res.Changed, res.Refused, res.Doubts, res.Likely
	b.Columns, b.RefusedColumns = []columnBody{}, []refusedColumn{}
	for _, col := range m.Columns {
		b.Columns = append(b.Columns, columnBody{col.Header, col.Target})
	}
	for _, col := range res.RefusedColumns {
		b.RefusedColumns = append(b.RefusedColumns, refusedColumn{col.Column, col.Name, col.Reason, i18n.T(c.lang, "refused."+col.Reason)})
	}
}

type runBody struct {
	Batch   string          `json:"batch"`
	Office  string          `json:"office"`
	File    string          `json:"file"`
	SHA256  string          `json:"sha256"`
	Author  string          `json:"author"`
	Started string          `json:"started"`
	State   string          `json:"state"`
	Result  json.RawMessage `json:"result"`
}

func runOf(r app.ImportRun) runBody {
	return runBody{r.ID, r.Office, r.File, r.SHA256, r.Author, micros(r.Started), r.State, json.RawMessage(r.Summary)}
}

func imports(c *call) (*reply, error) {
	s, err := c.span("imports", 200, 50)
	if err != nil {
		return nil, err
	}
	if s.from != "" && !id.Entity(s.from).Valid() {
		return nil, refuse(http.StatusBadRequest, "api.cursor")
	}
	runs, err := c.app().Imports(c.Context(), c.actor, s.from, s.limit+1) // one more says that a page follows
	if err != nil {
		return nil, err
	}
	next := ""
	if len(runs) > s.limit {
		runs = runs[:s.limit]
		next = runs[s.limit-1].ID
	}
	out := []runBody{}
	for _, r := range runs {
		out = append(out, runOf(r))
	}
	return c.paged(s, map[string]any{"imports": out}, next)
}

// batch is the id of the path.
func (c *call) batch() (string, error) { return c.entity("batch", "import") }

func importRun(c *call) (*reply, error) {
	batch, err := c.batch()
	if err != nil {
		return nil, err
	}
	r, err := c.app().ImportRun(c.Context(), c.actor, batch)
	if err != nil {
		return nil, err
	}
	return ok(runOf(r))
}

type undoBody struct {
	Batch     string     `json:"batch"`
	Withdrawn int        `json:"withdrawn"`
	Restored  int        `json:"restored"`
	Kept      int        `json:"kept"`
	KeptList  []app.Kept `json:"kept_list"`
}

func undo(c *call) (*reply, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	batch, err := c.batch()
	if err != nil {
		return nil, err
	}
	res, err := c.app().Undo(c.Context(), c.actor, batch, nil)
	if err != nil {
		return nil, err
	}
	kept := []app.Kept{}
	for _, k := range res.KeptList {
		k.Fields = filled(k.Fields)
		kept = append(kept, k)
	}
	return ok(undoBody{res.Batch, res.Withdrawn, res.Restored, res.Kept, kept})
}
