package table_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"quipu/internal/estimate/table"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

const asked = `
	| survey | type | name | label | calculation |
	| | text | surname | Apellido | |
	| | select_one sex | sex | Sexo | |
	| | begin group | work | Trabajo | |
	| | integer | age | Edad | |
	| | date | came | Llegada | |
	| | select_multiple way | ways | Envío | |
	| | end group | | | |
	| | begin repeat | kid | Hijos | |
	| | integer | kid_age | Edad | |
	| | end repeat | | | |
	| | calculate | old | | if(${age} > 59, 'si', 'no') |
	| | calculate | called | | concat(${surname}, '-') |
	| | integer | weight | Peso | |
	| choices | list_name | name | label | |
	| | sex | f | Mujer | |
	| | sex | m | Hombre | |
	| | way | bank | Banco | |
	| | way | money-order | Giro | |
	| settings | form_id | version | form_title | |
	| | perfil | 1 | Perfil | |
`

func form(t *testing.T) *table.Form {
	t.Helper()
	f, problems := xlsform.Read(surveytest.Sheets(asked), xlsform.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	got, err := table.ReadForm(bytes.NewReader(xform.Write(f)))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTable(t *testing.T) {
	tab := table.New(form(t), 0)
	for _, a := range []string{
		`<data id="perfil"><surname>Quispe</surname><sex>f</sex><work><age>31</age><came>2019-05-02</came><ways>bank money-order</ways></work><kid><kid_age>3</kid_age></kid><kid><kid_age>5</kid_age></kid><old>no</old><called>Quispe-</called><weight>60</weight></data>`,
		`<data id="perfil"><sex>m</sex><work><age/><came/><ways>bank</ways></work><old>si</old></data>`,
		`<data id="perfil"><sex>x</sex><work><age>70</age><ways>other</ways></work><old>si</old></data>`,
		`<data id="perfil"/>`,
	} {
		if err := tab.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := tab.Add("<data><a"); err == nil {
		t.Error("half an instance was taken")
	}
	f, _, out, err := tab.Frame()
	if err != nil || len(out) > 0 {
		t.Fatal(err, out)
	}
	want := map[string]string{
		"kid": "2 0 0 0", "sex": "f m x -", "age": "31 - 70 -", "came_year": "2019 - - -", "ways.bank": "TRUE TRUE FALSE -",
		"ways.money_order": "TRUE FALSE FALSE -", "ways.other": "FALSE FALSE TRUE -", "old": "no si si -", "weight.answer": "60 - - -",
	}
	names := f.Names()
	for name, values := range want {
		c, err := f.Col(name)
		if err != nil {
			t.Error(err)
			continue
		}
		var got []string
		for i := range 4 {
			v := c.Text(i)
			if v == "" {
				v = "-"
			}
			got = append(got, v)
		}
		if strings.Join(got, " ") != values {
			t.Errorf("%s is %v, want %s", name, got, values)
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == name })
	}
	if len(names) > 0 {
		t.Errorf("columns that should not be there: %v", names)
	}
}

// TestTooManyWords: what is reckoned and different for everybody is no column.
func TestTooManyWords(t *testing.T) {
	tab := table.New(form(t), 0)
	for i := range 300 {
		if err := tab.Add(fmt.Sprintf(`<data><old>w%d</old></data>`, i)); err != nil {
			t.Fatal(err)
		}
	}
	f, _, out, err := tab.Frame()
	if err != nil || f.Has("old") || !slices.Equal(out, []string{"old"}) {
		t.Error(err, f.Names(), out)
	}
}
