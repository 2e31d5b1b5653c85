package oversight

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"quipu/internal/app/oversight"
	"quipu/internal/place"
	"quipu/internal/tabular"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// exportAccesses sends what the page lists, all pages of it, as CSV that a spreadsheet
// opens without running anything.
func (s *Room) exportAccesses(v *desk.Visit) error {
	a, err := askedHere(v)
	if err != nil {
		return err
	}
	a.Before = 0
	f, err := a.filter(place.Clock(v.Actor.Office))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	var file bytes.Buffer
	out, err := tabular.NewCSVWriter(&file, ';', true)
	if err != nil {
		return err
	}
	w := words{v.Words}
	if err := out.Write(strings.Split(w.T("access.csv.columns"), ";")); err != nil {
		return err
	}
	more, err := s.App.ExportAccesses(v.Context(), v.Actor, f, func(x oversight.Access) error { return out.Write(w.row(&x)) })
	if err == nil && more {
		err = out.Write([]string{w.T("access.csv.more")})
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return err
	}
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="accesos-`+s.App.Now().Format("20060102-1504")+`.csv"`)
	if _, err := v.W.Write(file.Bytes()); err != nil {
		s.Log.Warn("a list of reads was cut short", "err", err) // the answer has begun
	}
	return nil
}

// row is one read as the file has it; moments are in universal time.
func (w words) row(x *oversight.Access) []string {
	moment := func(micros int64) string {
		if micros == 0 {
			return ""
		}
		return time.UnixMicro(micros).UTC().Format(time.RFC3339)
	}
	return []string{strconv.FormatInt(x.Seq, 10), moment(x.At), x.Author, w.Names[x.Author], x.Office, x.Purpose, x.Action, x.Number, x.Home,
		x.Reasons, moment(x.SeenAt), x.SeenBy, x.Note}
}
