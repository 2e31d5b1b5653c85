package ui

import (
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"time"

	"quipu/internal/i18n"
	"quipu/internal/web/static"
)

// funcs are what templates may call; the words among them are bound to one language.
func funcs(lang i18n.Lang) template.FuncMap {
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return i18n.T(lang, key, args...) },
		"tn":       func(key string, n int, args ...any) string { return i18n.TN(lang, key, n, args...) },
		"has":      func(key string) bool { return i18n.Has(lang, key) },
		"date":     func(edtf any) string { return i18n.Date(lang, fmt.Sprint(edtf)) },
		"datetime": func(t time.Time) string { return i18n.DateTime(lang, t, nil) },
		"number":   func(n int) string { return i18n.Number(lang, int64(n)) },
		"lang":     func() string { return string(lang) },
		"langs":    func() []i18n.Lang { return i18n.Langs },
		"static":   static.URL,
		"query":    query,
		"field":    build[Field],
		"button":   build[Button],
		"row":      build[Row],
		"form":     build[Form],
		"tag":      func(text, colour string) Tag { return Tag{text, colour} },
		"link":     func(text, href string) Link { return Link{Text: text, Href: href} },
		"rows":     func(r ...Row) []Row { return r },
		"tags":     func(t ...Tag) []Tag { return t },
		"options":  options,
	}
}

// build makes a T from names and values in turn. A name that T has not is an error, so
// that a slip of the pen in a template does not pass as an empty field.
func build[T any](pairs ...any) (T, error) {
	var made T
	v := reflect.ValueOf(&made).Elem()
	if len(pairs)%2 != 0 {
		return made, fmt.Errorf("%T: a name without a value", made)
	}
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		f := v.FieldByName(name)
		if !f.IsValid() {
			return made, fmt.Errorf("%T has no %v", made, pairs[i])
		}
		if err := set(f, pairs[i+1]); err != nil {
			return made, fmt.Errorf("%T.%s: %w", made, name, err)
		}
	}
	return made, nil
}

func set(f reflect.Value, value any) error {
	v := reflect.ValueOf(value)
	switch {
	case v.IsValid() && v.Type().AssignableTo(f.Type()):
		f.Set(v)
	case f.Kind() == reflect.String && value != nil:
		f.SetString(fmt.Sprint(value))
	default:
		return fmt.Errorf("%T does not fit %s", value, f.Type())
	}
	return nil
}

// options makes choices from values and labels in turn.
func options(pairs ...string) ([]Option, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("options: a value without a label")
	}
	var made []Option
	for i := 0; i < len(pairs); i += 2 {
		made = append(made, Option{Value: pairs[i], Label: pairs[i+1]})
	}
	return made, nil
}

// query puts names and values in turn behind a path, escaped.
func query(path string, pairs ...any) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("query: a name without a value")
	}
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return path + "?" + q.Encode(), nil
}
