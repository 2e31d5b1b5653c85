package registry

// Dictionary is the data dictionary of a person's record, row by row. What is not here
// is not kept: there is no field for migration status, for the body's measures, for
// religion, party, union or ethnicity, for exact income or for account numbers.
var Dictionary = []Field{
	// Identity core.
	{Row: 2, Key: "number", Section: Identity, Kind: KText, Tier: T1, Derived: true},
	{Row: 3, Key: "surname_paternal", Section: Identity, Kind: KName, Tier: T1, Must: true},
	{Row: 3, Key: "surname_maternal", Section: Identity, Kind: KName, Tier: T1},
	{Row: 4, Key: "given_names", Section: Identity, Kind: KName, Tier: T1, Must: true},
	{Row: 5, Key: "surname_married", Section: Identity, Kind: KName, Tier: T1},
	{Row: 6, Key: "name_used", Section: Identity, Kind: KName, Tier: T1},
	{Row: 6, Key: "name_other", Section: Identity, Tier: T1, Parts: []Part{
		{Key: "text", Kind: KName, Must: true, Names: true}, {Key: "kind", Kind: KCode, List: "name_kind", Names: true},
		{Key: "language", Kind: KCode, List: "language"}}},
	{Row: 7, Key: "name_mrz", Section: Identity, Kind: KText, Tier: T1, Derived: true},
	{Row: 8, Key: "birth_date", Section: Identity, Kind: KDate, Tier: T1, Must: true},
	{Row: 9, Key: "birth_country", Section: Identity, Kind: KCode, List: "country", Tier: T1},
	{Row: 9, Key: "birth_place", Section: Identity, Kind: KPlace, Tier: T1},
	{Row: 10, Key: "sex", Section: Identity, Kind: KCode, List: "sex", Tier: T1, Must: true},
	{Row: 11, Key: "gender_self", Section: Identity, Kind: KText, Tier: T3},
	{Row: 12, Key: "nationality_basis", Section: Identity, Kind: KCode, List: "nationality_basis", Tier: T1, Must: true},
	{Row: 13, Key: "nationality_evidence", Section: Identity, Tier: T1, Parts: []Part{
		{Key: "kind", Kind: KCode, List: "nationality_evidence", Must: true, Names: true},
		{Key: "reference", Kind: KText, Names: true}}},
	{Row: 14, Key: "other_nationalities", Section: Identity, Kind: KCode, List: "country", Many: true, Tier: T3},
	{Row: 15, Key: "vital_status", Section: Identity, Tier: T1, Derived: true, Parts: []Part{
		{Key: "status", Kind: KCode, List: "vital_status", Must: true}, {Key: "date", Kind: KDate},
		{Key: "place", Kind: KText}, {Key: "record", Kind: KText}}},
	{Row: 16, Key: "photo", Section: Identity, Kind: KHash, Tier: T2, Derived: true},

	// Documents.
	{Row: 17, Key: "document", Section: Documents, Tier: T2, Parts: []Part{
		{Key: "type", Kind: KCode, List: "doc_type", Must: true, Names: true},
		{Key: "number", Kind: KNumber, Must: true, Names: true},
		{Key: "check", Kind: KText}, // the check character that the document prints
		{Key: "issuer", Kind: KCode, List: "doc_issuer", Names: true},
		{Key: "issued", Kind: KDate}, {Key: "expires", Kind: KDate}, {Key: "place", Kind: KText},
		{Key: "mrz", Kind: KMRZ},
		{Key: "status", Kind: KCode, List: "doc_status"},
		{Key: "verification", Kind: KCode, List: "doc_verification", Must: true}}},

	// Registration.
	{Row: 24, Key: "registration", Section: Registration, Tier: T1, Derived: true, Parts: []Part{
		{Key: "office", Kind: KOffice, Must: true, Names: true}, {Key: "district", Kind: KText},
		{Key: "kind", Kind: KCode, List: "reg_kind", Must: true}, {Key: "channel", Kind: KCode, List: "reg_channel", Must: true},
		{Key: "opened", Kind: KDate, Must: true, Names: true}, {Key: "confirmed", Kind: KDate}, {Key: "expires", Kind: KDate},
		{Key: "closed", Kind: KDate}, {Key: "reason", Kind: KCode, List: "closing_reason"},
		{Key: "handover", Kind: KLong}, {Key: "from", Kind: KOffice}, {Key: "to", Kind: KOffice}}},
	{Row: 30, Key: "card", Section: Registration, Tier: T2, Derived: true, Parts: []Part{
		{Key: "number", Kind: KText, Must: true, Names: true}, {Key: "issued", Kind: KDate}, {Key: "expires", Kind: KDate},
		{Key: "office", Kind: KOffice}, {Key: "parent", Kind: KName}, // who stood by a minor
		{Key: "revoked", Kind: KDate}, {Key: "reason", Kind: KCode, List: "revocation_reason"}, {Key: "text", Kind: KLong}}},
	{Row: 30, Key: "constancy", Section: Registration, Tier: T2, Derived: true, Parts: []Part{
		{Key: "number", Kind: KText, Must: true, Names: true}, {Key: "kind", Kind: KText, Must: true},
		{Key: "issued", Kind: KDate}, {Key: "expires", Kind: KDate}, {Key: "office", Kind: KOffice},
		{Key: "revoked", Kind: KDate}, {Key: "reason", Kind: KCode, List: "revocation_reason"}, {Key: "text", Kind: KLong}}}, // the signed statement
	{Row: 31, Key: "abroad_since", Section: Registration, Kind: KDate, Tier: T1},
	{Row: 32, Key: "arrival_in_country", Section: Registration, Kind: KDate, Tier: T1},
	{Row: 32, Key: "previous_countries", Section: Registration, Kind: KCode, List: "country", Many: true, Tier: T1},
	{Row: 33, Key: "origin_place", Section: Registration, Kind: KPlace, Tier: T1},

	// Contact and location.
	{Row: 34, Key: "residence_country", Section: Contact, Kind: KCode, List: "country", Tier: T1, Must: true},
	{Row: 34, Key: "address", Section: Contact, Tier: T2, Parts: []Part{
		{Key: "lines", Kind: KLong, Names: true}, {Key: "city", Kind: KText, Names: true}, {Key: "region", Kind: KText},
		{Key: "postcode", Kind: KText, Names: true}, {Key: "country", Kind: KCode, List: "country", Must: true, Names: true},
		{Key: "geo", Kind: KGeo}, {Key: "precision", Kind: KCode, List: "address_precision"},
		{Key: "evidence", Kind: KText}, {Key: "date", Kind: KDate}}},
	{Row: 37, Key: "phone", Section: Contact, Tier: T2, Parts: []Part{
		{Key: "number", Kind: KPhone, Must: true, Names: true}, {Key: "whatsapp", Kind: KFlag}, {Key: "sms", Kind: KFlag},
		{Key: "where", Kind: KText}}},
	{Row: 38, Key: "email", Section: Contact, Tier: T2, Parts: []Part{
		{Key: "address", Kind: KEmail, Must: true, Names: true}}},
	{Row: 39, Key: "channel_pref", Section: Contact, Kind: KCode, List: "channel_pref", Many: true, Tier: T1},
	{Row: 40, Key: "language", Section: Contact, Tier: T1, Parts: []Part{
		{Key: "code", Kind: KCode, List: "language", Must: true, Names: true}, {Key: "level", Kind: KText}}},
	{Row: 41, Key: "emergency_contact", Section: Contact, Tier: T2, Parts: []Part{
		{Key: "name", Kind: KName, Must: true, Names: true}, {Key: "relation", Kind: KCode, List: "relation"},
		{Key: "phone", Kind: KPhone, Names: true}, {Key: "email", Kind: KEmail},
		{Key: "address_here", Kind: KLong}, {Key: "address_home", Kind: KLong},
		{Key: "may_be_told", Kind: KFlag, Must: true}}},
	{Row: 42, Key: "trusted_person", Section: Contact, Kind: KText, Tier: T2},
	{Row: 43, Key: "safe_channel", Section: Contact, Kind: KText, Tier: T3},
	{Row: 43, Key: "safe_hours", Section: Contact, Kind: KText, Tier: T3},
	{Row: 43, Key: "do_not_contact_before", Section: Contact, Kind: KDate, Tier: T3},

	// Family.
	{Row: 44, Key: "family", Section: Family, Tier: T2, Parts: []Part{
		{Key: "relation", Kind: KCode, List: "relation", Must: true, Names: true},
		{Key: "person", Kind: KRef, Names: true}, {Key: "name", Kind: KName, Names: true},
		{Key: "birth_date", Kind: KDate}, {Key: "nationality", Kind: KCode, List: "country"},
		{Key: "household", Kind: KFlag}, // lives under the same roof, national or not
		{Key: "authority", Kind: KFlag}, // holds parental authority over the person
		{Key: "from", Kind: KDate}, {Key: "to", Kind: KDate}, {Key: "evidence", Kind: KText}}},
	{Row: 45, Key: "dependants_abroad", Section: Family, Kind: KCount, Tier: T1},
	{Row: 45, Key: "children_at_home", Section: Family, Kind: KCount, Tier: T1},

	// Optional profile, for research with consent.
	{Row: 46, Key: "civil_status", Section: Profile, Kind: KCode, List: "civil_status", Tier: T1},
	{Row: 47, Key: "education", Section: Profile, Kind: KCode, List: "isced11", Tier: T1},
	{Row: 47, Key: "education_field", Section: Profile, Kind: KText, Tier: T1},
	{Row: 48, Key: "education_completed", Section: Profile, Kind: KFlag, Tier: T1},
	{Row: 48, Key: "years_study", Section: Profile, Kind: KCount, Tier: T1},
	{Row: 49, Key: "occupation_origin", Section: Profile, Kind: KCode, List: "isco08", Tier: T1},
	{Row: 49, Key: "occupation_host", Section: Profile, Kind: KCode, List: "isco08", Tier: T1},
	{Row: 50, Key: "activity_status", Section: Profile, Kind: KCode, List: "activity_status", Tier: T1},
	{Row: 51, Key: "industry", Section: Profile, Kind: KText, Tier: T1},
	{Row: 52, Key: "health_cover", Section: Profile, Kind: KCode, List: "health_cover", Tier: T2},
	{Row: 52, Key: "pension_scheme", Section: Profile, Kind: KCode, List: "pension_scheme", Tier: T2},
	{Row: 53, Key: "bank_access", Section: Profile, Kind: KCode, List: "bank_access", Tier: T1},
	{Row: 54, Key: "remits_band", Section: Profile, Kind: KCode, List: "remits_band", Tier: T1},
	{Row: 54, Key: "remits_frequency", Section: Profile, Kind: KCode, List: "remits_frequency", Tier: T1},
	{Row: 54, Key: "remits_channel", Section: Profile, Kind: KCode, List: "remits_channel", Tier: T1},
	{Row: 55, Key: "motive", Section: Profile, Kind: KCode, List: "motive", Tier: T1},
	{Row: 56, Key: "return_intention", Section: Profile, Kind: KCode, List: "return_intention", Tier: T1},
	{Row: 56, Key: "return_when", Section: Profile, Kind: KDate, Tier: T1},
	{Row: 57, Key: "housing_tenure", Section: Profile, Kind: KCode, List: "housing_tenure", Tier: T1},
	{Row: 58, Key: "associations", Section: Profile, Kind: KText, Tier: T3},

	// Citizenship.
	{Row: 59, Key: "vote_district", Section: Citizenship, Kind: KOffice, Tier: T1},
	{Row: 59, Key: "polling_place", Section: Citizenship, Kind: KText, Tier: T1},
	{Row: 60, Key: "dni_address_differs", Section: Citizenship, Kind: KFlag, Tier: T1},
	{Row: 61, Key: "council_elector", Section: Citizenship, Kind: KFlag, Tier: T1},
	{Row: 61, Key: "council_member", Section: Citizenship, Kind: KText, Tier: T1},
	{Row: 62, Key: "mesa_draw", Section: Citizenship, Tier: T1, Parts: []Part{
		{Key: "year", Kind: KCount, Must: true, Names: true}, {Key: "excused", Kind: KFlag}, {Key: "reason", Kind: KText}}},

	// Vulnerability, only with consent.
	{Row: 63, Key: "needs_access", Section: Vulnerability, Kind: KCode, List: "needs_access", Many: true, Tier: T3},
	{Row: 64, Key: "protection_case", Section: Vulnerability, Kind: KRef, Tier: T2, Derived: true},

	// Consent and life cycle.
	{Row: 65, Key: "consent", Section: Lifecycle, Tier: T1, Parts: []Part{
		{Key: "purpose", Kind: KCode, List: "consent_purpose", Must: true, Names: true},
		{Key: "version", Kind: KText, Must: true}, {Key: "language", Kind: KCode, List: "language"}, // in which the text was read
		{Key: "granted", Kind: KDate}, {Key: "withdrawn", Kind: KDate}, {Key: "evidence", Kind: KText}}},
	{Row: 66, Key: "purpose_flags", Section: Lifecycle, Kind: KCode, List: "purpose", Many: true, Tier: T1, Derived: true},
	{Row: 67, Key: "retention_class", Section: Lifecycle, Kind: KText, Tier: T1, Derived: true},
	{Row: 67, Key: "review_on", Section: Lifecycle, Kind: KDate, Tier: T1, Derived: true},
	{Row: 68, Key: "merged", Section: Lifecycle, Tier: T1, Derived: true, Parts: []Part{
		{Key: "person", Kind: KRef, Must: true, Names: true}, {Key: "role", Kind: KCode, List: "merge_role", Names: true}, {Key: "merge", Kind: KRef, Names: true},
		{Key: "number", Kind: KText}, {Key: "score", Kind: KText}}},
	{Row: 68, Key: "distinct_from", Section: Lifecycle, Tier: T1, Derived: true, Parts: []Part{
		{Key: "person", Kind: KRef, Must: true, Names: true}, {Key: "reason", Kind: KText}}},
	{Row: 69, Key: "entry", Section: Lifecycle, Kind: KText, Tier: T1, Derived: true},
	{Row: 69, Key: "doubt", Section: Lifecycle, Tier: T1, Derived: true, Parts: []Part{
		{Key: "field", Kind: KText, Must: true, Names: true}, {Key: "key", Kind: KText, Must: true, Names: true},
		{Key: "args", Kind: KText, Names: true}, {Key: "proposed", Kind: KLong, Names: true}, {Key: "from", Kind: KText}}},
}

// The states of an entry in the register.
const (
	EntryComplete    = "complete"
	EntryProvisional = "provisional" // a person without papers, nationality presumed
	EntryWithdrawn   = "withdrawn"   // the import that made it was undone
	EntryErased      = "erased"      // anonymised: counted, and nothing else
	EntryMerged      = "merged"      // another entry stands for the same person; see package same
)

// Lacking lists the fields that a complete record needs and this one lacks, in the order
// of the dictionary; names are a matter of the name's own rules. It is read off the record
// whenever it is shown, and never stored: a list of old entries would be full of it.
func Lacking(p *Person) []string {
	var out []string
	for i := range Dictionary {
		d := &Dictionary[i]
		if d.Must && !d.IsGroup() && d.Kind != KName && p.Text(d.Key) == "" {
			out = append(out, d.Key)
		}
	}
	return out
}
