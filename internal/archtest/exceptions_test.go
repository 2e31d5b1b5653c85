package archtest

// exceptions are departures from a rule: "rule path" to the reason. An entry that no
// longer excuses anything fails the test, so the list cannot silt up.
var exceptions = map[string]string{
	"privacy internal/i18n/catalog/doc.es.toml": "the message with which the machine-readable zone of a visa is refused",
	"privacy internal/i18n/catalog/doc.en.toml": "the message with which the machine-readable zone of a visa is refused",
	"danger internal/web/verifier":              "puts together a file of parts of our own and of JSON, which ends no script element; html/template would hash them anew",
	"outward internal/authn":                    "the provider of log-ins that the configuration names, and nobody else",
	"outward internal/sync/synchttp":            "the hub that a node was enrolled at, and nobody else",
	"outward internal/operation/aside":          "the program that serves the register, over a socket in its folder",
	"outward internal/bench/travel":             "nodes of a measurement, at a hub in this program",
	"outward internal/bench/badlink":            "a bad network on this machine, for measurements and tests",
	"danger internal/bench/badlink":             "chance that a seed repeats, for measurements and tests",
	"danger internal/sync/sim":                  "weather that a seed repeats, for tests and for quipu bench sync-sim",
	"danger internal/synth/interview":           "invented answers that a seed repeats, as internal/synth",
	"outward internal/store/postgres":           "the servers that the register's address names, with questions about silence",
	"outward internal/bench/failover":           "writers of a measurement, at servers on this machine",
	"outward internal/bench/surveying":          "telephones of a measurement, at a server on this machine",
	"outward internal/openrosa/client":          "the register at the address on the command line, for invented interviews; and the demonstration's own",
	"outward internal/bench":                    "officers of a measurement, at a server on this machine",
	"danger internal/openrosa/client":           "reads the lists and answers of the register to which it sends invented interviews",
}
