package surveys

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/openrosa/client"
)

// tokenVariable is where the interviewer's code is taken from: no list of processes shows it.
const tokenVariable = "QUIPU_TOKEN"

// answers is a flag that may be repeated: NAME=VALUE.
type answers map[string]string

func (a answers) String() string { return "" }

func (a answers) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fault.New(fault.Invalid, "clisurvey.answer", "text", text)
	}
	a[name] = value
	return nil
}

var _ flag.Value = answers{}

// simulate sends invented interviews to a register, as a telephone does.
func simulate(c Console, args []string) error {
	given := answers{}
	n := c.Flags.Int("interviews", 100, "how many")
	url := c.Flags.String("url", "http://127.0.0.1:8080", "of the register")
	login := c.Flags.String("login", "ines", "the interviewer, whose code is in "+tokenVariable)
	office := c.Flags.String("office", "ESMAD", "of the interviewer")
	seed := c.Flags.Uint64("seed", 0, "decides the answers; 0 for others each time")
	asJSON := c.Flags.Bool("json", false, "one JSON object on stdout")
	c.Flags.Var(given, "answer", "NAME=VALUE answers a question in every interview; may be repeated")
	words, err := c.Parse(args, 1, 1)
	if err != nil {
		return err
	}
	token := os.Getenv(tokenVariable)
	if token == "" {
		return fault.New(fault.Invalid, "clisurvey.no_token", "variable", tokenVariable)
	}
	if *n < 1 || *n > 1_000_000 {
		return fault.New(fault.Invalid, "clisurvey.interviews", "value", *n).On("interviews")
	}
	began := time.Now()
	if *seed == 0 {
		*seed = uint64(began.UnixNano())
	}
	sender := &client.Client{URL: strings.TrimSuffix(*url, "/"), Login: *login, Token: token, Lang: string(c.Lang())}
	progress, done := c.Progress(i18n.T(c.Lang(), "clisurvey.simulate.progress"))
	sent, err := sender.Simulate(c.Ctx, client.Simulation{Survey: words[0], Interviews: *n, Seed: *seed, Office: *office, Given: given,
		Progress: func(n2 int) { progress(int64(n2), int64(*n)) }})
	done()
	if err != nil {
		c.Say("clisurvey.simulate.sent", "count", sent)
		return err
	}
	took := time.Since(began)
	if *asJSON {
		return c.JSON(struct {
			Sent    int     `json:"sent"`
			Seed    uint64  `json:"seed"`
			Seconds float64 `json:"seconds"`
		}{sent, *seed, took.Seconds()})
	}
	c.Say("clisurvey.simulate.sent", "count", sent)
	fmt.Fprintf(c.Err, "%.0f/s\n", float64(sent)/max(took.Seconds(), 1e-6))
	return nil
}
