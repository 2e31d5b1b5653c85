package archtest

import (
	"strings"
	"testing"
)

func planted(t *testing.T, at, src string) file {
	t.Helper()
	f, err := parse(at, src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func imports(p string, imps ...string) pkg { return pkg{path: p, imports: imps} }

// TestRulesCanFail plants an offence against each rule, and beside it the nearest thing
// that is allowed.
func TestRulesCanFail(t *testing.T) {
	long := "package x\nfunc f() {\n" + strings.Repeat("\n", 80) + "}\n"
	gomod := "module quipu\nrequire (\n a.b/c v1.0.0\n d.e/f v1.0.0 // indirect\n)\n"
	in := func(src string) file { return planted(t, "internal/civil/x.go", src) }
	whole := func(n int, src string) pkg {
		p := pkg{path: "internal/civil"}
		for range n {
			p.files = append(p.files, in(src))
		}
		return p
	}
	commented := "// Package civil reads dates.\npackage civil\n"
	each(t, []offence{
		{"kernel imports domain", arrows(imports("internal/civil", "quipu/internal/registry")), arrows(imports("internal/registry", "quipu/internal/civil"))},
		{"mechanism imports domain", arrows(imports("internal/audit", "quipu/internal/registry")), arrows(imports("internal/audit", "quipu/internal/change"))},
		{"domain imports mechanism", arrows(imports("internal/registry", "quipu/internal/i18n")), arrows(imports("internal/registry", "quipu/internal/change"))},
		{"domain imports domain", arrows(imports("internal/registry", "quipu/internal/linkage")), arrows(imports("internal/linkage", "quipu/internal/registry"))},
		{"store imports app", arrows(imports("internal/store/sqlite", "quipu/internal/app")), arrows(imports("internal/app", "quipu/internal/store/sqlite"))},
		{"web imports store", arrows(imports("internal/web/people", "quipu/internal/store")), arrows(imports("internal/web/people", "quipu/internal/app"))},
		{"api imports web", arrows(imports("internal/api", "quipu/internal/web/ui")), arrows(imports("internal/cli", "quipu/internal/web"))},
		{"program imports test support", arrows(imports("internal/store", "quipu/internal/store/pgtest")), arrows(imports("internal/store/storetest", "quipu/internal/store/pgtest"))},
		{"package without a place", arrows(imports("internal/novelty")), arrows(imports("internal/civil"))},
		{"database outside store", reach(imports("internal/app", "database/sql")), reach(imports("internal/store", "database/sql"))},
		{"driver outside store", reach(imports("cmd/quipu", "github.com/jackc/pgx/v5")), reach(imports("internal/store/postgres", "github.com/jackc/pgx/v5"))},
		{"kernel takes a module", reach(imports("internal/civil", "github.com/google/uuid")), reach(imports("internal/civil", "golang.org/x/text/width"))},
		{"clock", purity(in("package x\nimport \"time\"\nvar t = time.Now()")), purity(in("package x\nimport \"time\"\nvar t = time.UTC"))},
		{"clock under another name", purity(in("package x\nimport w \"time\"\nvar t = w.Since(w.Time{})")), nil},
		{"chance", purity(in("package x\nimport \"math/rand/v2\"\nvar n = rand.IntN(3)")), purity(in("package x\nimport \"math/rand/v2\"\nvar r = rand.New(rand.NewPCG(1, 2))"))},
		{"files", purity(in("package x\nimport _ \"os\"")), purity(planted(t, "internal/civil/x_test.go", "package x\nimport _ \"os\""))},
		{"long function", sizes(in(long)), sizes(in(strings.Replace(long, "\n\n\n", "\n", 1)))},
		{"long file", sizes(in("package x\n" + strings.Repeat("\n", 500))), sizes(in("package x\n" + strings.Repeat("\n", 490)))},
		{"no package comment", manners(whole(1, "package civil"), false), manners(whole(1, commented), false)},
		{"init", manners(whole(1, commented+"func init() {}"), false), manners(whole(1, commented+"func (x X) init() {}\ntype X int"), false)},
		{"many files", manners(whole(31, commented), false), manners(whole(30, commented), false)},
		{"no DESIGN.md", manners(whole(4, commented+strings.Repeat("\n", 400)), false), manners(whole(4, commented+strings.Repeat("\n", 400)), true)},
		{"vague name", manners(pkg{path: "internal/store/util", files: whole(1, commented).files}, false), nil},
		{"unfinished", words("x.go", "// "+"TO"+"DO later"), words("x.go", "// to do is to be")},
		{"mocks", mocks(in("package x\nimport _ \"go.uber.org/mock/gomock\"")), mocks(in("package x\nimport _ \"github.com/google/go-cmp/cmp\""))},
		{"not in the table", requirements(gomod, ""), requirements(gomod, "| a.b/c | v1.0.0 | MIT |")},
		{"other version", requirements(gomod, "| a.b/c | v1.0.1 | MIT |"), nil},
		{"too much in the table", requirements(gomod, "| a.b/c | v1.0.0 | MIT |\n| d.e/f | v1.0.0 | MIT |"), nil},
		{"list of traits", listRecords("lists/visa_class.csv", "code\n"), listRecords("lists/sex.csv", "code,es\nF,Mujer\n")},
		{"code for a trait", listRecords("lists/motive.csv", "code,es\nR,Persecución por religión\n"), listRecords("lists/isco08.csv", "code,es\n2636,Profesionales religiosos\n")},
		{"field of a trait", goRecords(in("package x\nvar k = \"migration_status\"")), goRecords(in("package x\n// no religion\nvar k = \"surname\""))},
		{"key of a trait", keyRecords("c.toml", "\"field.eye_colour\" = \"x\"\n"), keyRecords("c.toml", "\"fault.intake.refused.visa\" = \"x\"\n\"field.sex\" = \"visa\"\n")},
	})
}

// TestSecurityRulesCanFail does the same for the rules about what is dangerous and about
// the table of requirements.
func TestSecurityRulesCanFail(t *testing.T) {
	in := func(src string) file { return planted(t, "internal/web/x.go", src) }
	e := evidence{want: map[string]string{"V1.2.1": "1"}, tests: testsOf([]pkg{{path: "internal/web", files: []file{planted(t, "internal/web/x_test.go", "package x\nfunc TestSite() {}")}}}),
		settings: "| `tls.cert` |", file: func(p string) bool { return p == "docs/a.md" }}
	good := "| V1.2.1 | 1 | escape | met | `web: TestSite` in `docs/a.md` |"
	row := func(was, is string) []complaint { return asvs(strings.Replace(good, was, is, 1), e) }
	uses := []pkg{imports("internal/web", "crypto/rand")}
	each(t, []offence{
		{"requirement missing", asvs("", e), asvs(good, e)},
		{"requirement twice", asvs(good+"\n"+good, e), nil},
		{"not a requirement", row("V1.2.1", "V1.2.10"), nil},
		{"wrong level", row("| 1 |", "| 2 |"), nil},
		{"broken row", row("| met |", "met"), nil},
		{"unknown state", row("| met |", "| done |"), row("| met |", "| not met |")},
		{"no such test", row("TestSite", "TestSites"), nil},
		{"test in another package", row("web: ", "api: "), nil},
		{"test not in its form", row("web: ", "internal/web "), nil},
		{"no such file", row("a.md", "b.md"), nil},
		{"no such setting", row("web: TestSite", "setting tls.key"), row("web: TestSite", "setting tls.cert")},
		{"met by nothing", row("`web: TestSite` in `docs/a.md`", "we are careful people"), row("met | `web: TestSite` in `docs/a.md`", "does not apply | there is no such thing")},
		{"no reason", row("met | `web: TestSite` in `docs/a.md`", "not met | why"), nil},
		{"wrong sum", tally("\n" + good), tally("\n| met | 1 | 0 | 1 |\n| met by setting | 0 | 0 | 0 |\n| does not apply | 0 | 0 | 0 |\n| not met | 0 | 0 | 0 |\n" + good)},
		{"danger", dangers(imports("internal/web", "text/template")), dangers(imports("internal/web", "html/template"))},
		{"danger elsewhere", dangers(imports("internal/app", "math/rand/v2")), dangers(imports("internal/synth", "math/rand/v2"))},
		{"danger beside a tree", dangers(imports("internal/estimates", "math/rand/v2")), dangers(imports("internal/estimate/rds", "math/rand/v2"))},
		{"asks others", outward(in("package x\nimport \"net/http\"\nvar c http.Client")), outward(in("package x\nimport \"net/http\"\nvar c http.Handler"))},
		{"dials", outward(in("package x\nimport n \"net\"\nvar d = n.Dial")), outward(in("package x\nimport \"net\"\nvar d = net.Listen"))},
		{"cryptography unlisted", inventory(uses, ""), inventory(uses, "| `internal/web` | x |")},
		{"cryptography listed in vain", inventory([]pkg{imports("internal/web")}, "| `internal/web` | x |"), inventory([]pkg{imports("internal/web")}, "")},
		{"cryptography of a package that is gone", inventory(nil, "| `internal/gone` | x |"), nil},
	})
}

// offence is what a rule says to a planted offence, and to the nearest thing that is allowed.
type offence struct {
	name      string
	bad, good []complaint
}

func each(t *testing.T, cases []offence) {
	t.Helper()
	for _, c := range cases {
		if len(c.bad) == 0 {
			t.Errorf("%s: the rule is blind", c.name)
		}
		if len(c.good) > 0 {
			t.Errorf("%s: what is allowed is refused: %v", c.name, c.good)
		}
	}
}

func TestDialectCanFail(t *testing.T) {
	bad := []string{
		"WHERE id = $1", "WHERE id = ?2", "WHERE n LIKE ?", "n ILIKE ?", "body->>'a'", "instr(a, b)", "position('a' in b)",
		"hex(a)", "group_concat(a)", "round(x, 2)", "generate_series(1,3)", "percentile_cont(0.5)", "FOR UPDATE SKIP LOCKED",
		"json_each(x)", "SAVEPOINT a", "INSERT OR IGNORE INTO a", "id BIGSERIAL", "SELECT * FROM a", "SELECT sum(count(*)) OVER ()",
	}
	for _, sql := range bad {
		if len(dialect(sql)) == 0 {
			t.Errorf("%s is taken", sql)
		}
	}
	good := []string{
		"SELECT count(*) FROM a WHERE (b, c) > (?, ?)", "INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET b = excluded.b RETURNING id",
		"cast(sum(count(*)) OVER () AS BIGINT)", "string_agg(x, ',' ORDER BY x)", "UPDATE a SET b = ? FROM c WHERE a.id = c.id",
	}
	for _, sql := range good {
		if found := dialect(sql); len(found) > 0 {
			t.Errorf("%s: %v", sql, found)
		}
	}
}
