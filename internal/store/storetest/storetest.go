// Package storetest is the conformance suite of store: what every engine must do, and do
// alike. It is for tests only.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Run runs the whole suite. open gives a database that nothing was written to, and closes
// it when the test ends; its head is signed by Sign.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *store.DB)
	}{
		{"log", testLog}, {"log pages", testLogPages}, {"log refuses a name twice", testSameName}, {"span of an import", testBatchSpan},
		{"who listens", testListen}, {"people touched", testTouched}, {"tree", testTree}, {"checkpoints", testCheckpoints},
		{"people", testPeople}, {"people paged", testPaging}, {"people by many ids", testMany}, {"keys", testKeys},
		{"key prefixes", testPrefixes}, {"names", testNames}, {"names of all scripts", testScripts}, {"names in row order", testNameOrder},
		{"imports", testImports}, {"row prints", testPrints}, {"accounts", testAccounts}, {"sessions", testSessions}, {"second factors", testFactors}, {"set-up codes", testSetupCodes},
		{"identities", testIdentities}, {"sign-ins", testSignIns}, {"known browsers", testKnownBrowsers},
		{"tokens", testTokens}, {"answers", testAnswers},
		{"requests of people", testRequests}, {"breaches", testBreaches}, {"disclosures", testDisclosures}, {"proposals of retention", testRetentions},
		{"pairs", testPairs}, {"verdicts", testVerdicts}, {"who may be reviewed", testReviewable}, {"decisions", testDecisions}, {"merges", testMerges}, {"people of pairs by trait", testTraits}, {"entities of a kind", testEntities},
		{"a body without values", testRedact}, {"scrubbing", testScrub},
		{"changes in the hub's order", testHubOrder}, {"a hub that went back", testDisplace}, {"how that stands then", testStood}, {"and what was forgotten of it", testOut}, {"what others lost", testUntold}, {"what the hub keeps aside", testFound}, {"files of that", testFoundFiles}, {"who has told", testSettle},
		{"what is pending", testPending}, {"who listens while it is saved", testSaving},
		{"what a node sent", testSent}, {"filing", testFiling}, {"members", testMembers}, {"peers", testPeers}, {"codes of enrolment", testEnrolCodes}, {"state of a node", testSyncState},
		{"forgetting", testForget}, {"rows that leave", testDropRows}, {"what is contested", testContested},
		{"files that are named", testAttached}, {"files that are named no more", testNameFiles}, {"several keys", testSealedKeys},
		{"reads", testReads}, {"finding reads", testFindReads}, {"times of registrations", testRegistrationTimes}, {"sessions of an office", testSessionsAt}, {"running imports", testRunningImports}, {"runs of registry numbers", testNumberRanges}, {"campaigns", testCampaigns}, {"turns", testTurns}, {"people of a city", testPeopleIn}, {"settings", testSettings}, {"attachments", testAttachments}, {"offices", testOffices},
		{"hard texts", testTexts}, {"texts that no engine keeps", testRefusedTexts},
		{"rollback", testRollback}, {"an error that nobody heard", testSwallowed}, {"rollback of a tile", testRollbackTile}, {"unsigned head", testSignFails},
		{"writers take turns", testWriters}, {"a view is one moment", testMoment}, {"a look writes nothing", testLook}, {"sizes", testSize},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// ErrUnsigned is what Sign says of a log of exactly Unsignable changes.
var ErrUnsigned = errors.New("storetest: this head is not signed")

// Unsignable is the size of a log that Sign refuses.
const Unsignable = 4099

// Sign stands for the signer of a node: the note names the size and the root.
func Sign(size int64, root [32]byte) ([]byte, error) {
	if size == Unsignable {
		return nil, ErrUnsigned
	}
	return fmt.Appendf(nil, "%d %x\n", size, root), nil
}

var ctx = context.Background()

// update and view fail the test on an error.
func update(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.View(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// made is the n-th change of a node, about one person.
func made(node id.Node, n int64, person string) change.Change {
	return change.Change{ID: id.Change{Node: node, N: n}, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit",
		At: change.Stamp{Micros: 1_700_000_000_000_000 + n, Offset: 60}, Author: "rosa", Office: "ESMAD", Purpose: "registry",
		Schema: change.Schema, Codes: "1", Sets: []change.Set{{Field: "given_names", Value: change.Text(fmt.Sprint("Nombre ", n))}}}
}

// person is a projection with every column of its own.
func person(row int64, search string, keys ...string) store.PersonRow {
	s := func(what string) string { return fmt.Sprint(what, " ", row) }
	return store.PersonRow{Row: row, ID: fmt.Sprintf("P%05d", row), Number: fmt.Sprintf("%011d", row), Entry: "complete",
		SurnamePaternal: s("Quispe"), SurnameMaternal: s("Mamani"), GivenNames: s("Juan"), NameKey: s("QUISPE MAMANI JUAN"),
		Birth: "1968-04-07", Sex: "M", Country: "ES", City: s("Alcalá"), Office: "ESMAD", RegKind: "resident",
		Expires: "2030-01-01", Vital: "living", Doubts: int(row % 7), SearchText: search, Keys: keys, New: true}
}

// stored is the row as it comes back: without what only the indexes hold.
func stored(p store.PersonRow) store.PersonRow {
	p.SearchText, p.Keys, p.New = "", nil, false
	return p
}

func putPeople(t testing.TB, db *store.DB, people ...store.PersonRow) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error { return tx.PutPeople(ctx, people) })
}
