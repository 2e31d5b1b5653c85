package crashtest

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/tabular"
)

// What the child is to do comes in its environment.
const (
	envJob    = "QUIPU_CRASH_JOB" // register, index, import or pair
	envDir    = "QUIPU_CRASH_DIR"
	envEngine = "QUIPU_CRASH_ENGINE"
	envURL    = "QUIPU_CRASH_URL"
	envFrom   = "QUIPU_CRASH_FROM"
	envList   = "QUIPU_CRASH_LIST"
)

func TestMain(m *testing.M) {
	job := os.Getenv(envJob)
	if job == "" {
		os.Exit(m.Run())
	}
	if err := child(job); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

var ctx = context.Background()

func openAs(dir, engine, url string) (*app.App, error) {
	return app.Open(ctx, dir, app.Options{Create: true, Engine: engine, URL: url, Node: "ESMAD-1", Passphrase: "siete llamas en la puna"})
}

func operator() app.Actor { return node.Operator("prueba", "ESMAD") }

// child opens the register and works until it is done or killed. What it has done it
// says on standard output, a line each, after it was saved.
func child(job string) error {
	if job == "pair" {
		return exchangeFor(os.Getenv(envDir))
	}
	a, err := openAs(os.Getenv(envDir), os.Getenv(envEngine), os.Getenv(envURL))
	if err != nil {
		return err
	}
	defer a.Close()
	if job == "import" {
		res, err := importList(a, os.Getenv(envList))
		fmt.Printf("%d %d %d %d %d\n", res.Rows, res.New, res.Same, res.Changed, res.Refused)
		return err
	}
	from, err := strconv.ParseInt(os.Getenv(envFrom), 10, 64)
	if err != nil {
		return err
	}
	for n := from; ; n++ {
		r, err := a.Register(ctx, operator(), person(n), true)
		if err != nil {
			return err
		}
		fmt.Println(n, r.Number, r.Person)
		if job == "index" {
			if err := a.Index.Load(ctx, nil); err != nil {
				return err
			}
			if err := a.Index.Save(ctx); err != nil {
				return err
			}
		}
	}
}

// person is the n-th invented person. They all look alike, so that whoever registers them
// says that they are others.
func person(n int64) registry.RegisterCmd {
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	return registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Ñahui"), text("given_names", givenName(n)),
		text("birth_date", "1970-05-06"), text("sex", "F"), text("safe_hours", "de 8 a 9"),
		{Field: "phone/new", Value: change.Group("number", fmt.Sprintf("+34600%06d", n%1_000_000))},
	}}
}

// givenName tells the n-th person from the others, in letters.
func givenName(n int64) string {
	b := []byte("Rosa ")
	for ; n > 0; n /= 26 {
		b = append(b, byte('a'+n%26))
	}
	return string(b) + "ita"
}

func importList(a *app.App, path string) (app.ImportResult, error) {
	open := func() (*tabular.Reader, error) { return tabular.Open(path, tabular.Options{}) }
	sample, err := app.SampleRows(open)
	if err != nil {
		return app.ImportResult{}, err
	}
	list, err := open()
	if err != nil {
		return app.ImportResult{}, err
	}
	defer list.Close()
	return a.Import(ctx, operator(), app.ImportJob{Name: "lista.csv", Office: "ESMAD", Reader: list,
		Mapping: intake.Recognise(list.Info().Header, sample), Progress: func(rows int) { fmt.Println("saved", rows) }})
}
