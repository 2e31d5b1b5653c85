package cli

import (
	"fmt"

	"quipu/internal/i18n"
)

func undo(e *env, args []string) error {
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 1)
	if err != nil {
		return err
	}
	defer a.Close()
	b := e.bar(i18n.T(e.lang, "cli.undo.people"))
	res, err := a.Undo(e.ctx, operator(""), words[0], func(n int) { b.at(int64(n), 0) })
	b.done()
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(res)
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.undo.counts", "withdrawn", res.Withdrawn, "restored", res.Restored, "kept", res.Kept))
	for _, k := range res.KeptList {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.undo.kept", "number", k.Number))
	}
	return nil
}
