package store

import (
	"context"
	"database/sql"
	"strings"
)

// SurveyRow is the projection of a survey. Linked says that its cases can still be traced to
// people.
type SurveyRow struct {
	ID, Office, Title, State, Footing, FormName, Form, First, Last, Link string
	Linked                                                               bool
}

// PutSurvey writes or updates one, and the offices that take part.
func (tx *Tx) PutSurvey(ctx context.Context, s SurveyRow, posts []string) error {
	err := tx.exec(ctx, "INSERT INTO survey (id, office, title, state, footing, form_name, form, first_day, last_day, link, linked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET title = excluded.title, state = excluded.state, footing = excluded.footing, form_name = excluded.form_name, "+
		"form = excluded.form, first_day = excluded.first_day, last_day = excluded.last_day, link = excluded.link, linked = excluded.linked",
		s.ID, s.Office, s.Title, s.State, s.Footing, s.FormName, s.Form, s.First, s.Last, s.Link, bit(s.Linked))
	if err != nil {
		return err
	}
	if err := tx.exec(ctx, "DELETE FROM survey_post WHERE survey = ?", s.ID); err != nil {
		return err
	}
	args := make([]any, 0, 2*len(posts))
	for _, p := range posts {
		args = append(args, s.ID, p)
	}
	return tx.bulk(ctx, "INSERT INTO survey_post (survey, office)", "", 2, args)
}

// Surveys lists those of an office and those in which it takes part, the latest first; office
// "" stands for all.
func (tx *Tx) Surveys(ctx context.Context, office string) ([]SurveyRow, error) {
	return tx.surveys(ctx, "? = '' OR office = ? OR id IN (SELECT survey FROM survey_post WHERE office = ?) ORDER BY first_day DESC, id DESC", office, office, office)
}

// SurveysOfForm lists those whose questionnaire has a name.
func (tx *Tx) SurveysOfForm(ctx context.Context, name string) ([]SurveyRow, error) {
	return tx.surveys(ctx, "form_name = ? ORDER BY id", name)
}

// SurveysByID returns surveys.
func (tx *Tx) SurveysByID(ctx context.Context, ids []string) (out []SurveyRow, err error) {
	return out, in(ids, func(places string, args []any) error {
		found, err := tx.surveys(ctx, "id IN ("+places+") ORDER BY id", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) surveys(ctx context.Context, where string, args ...any) (out []SurveyRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s SurveyRow
		var linked int
		err := rs.Scan(&s.ID, &s.Office, &s.Title, &s.State, &s.Footing, &s.FormName, &s.Form, &s.First, &s.Last, &s.Link, &linked)
		s.Linked = linked != 0
		out = append(out, s)
		return err
	}, "SELECT id, office, title, state, footing, form_name, form, first_day, last_day, link, linked FROM survey WHERE "+where, args...)
	return out, err
}

// SurveyPosts lists the offices that take part in surveys, by the id of the survey.
func (tx *Tx) SurveyPosts(ctx context.Context, surveys []string) (map[string][]string, error) {
	out := map[string][]string{}
	return out, in(surveys, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var s, o string
			err := rs.Scan(&s, &o)
			out[s] = append(out[s], o)
			return err
		}, "SELECT survey, office FROM survey_post WHERE survey IN ("+places+") ORDER BY survey, office", args...)
	})
}

// CaseRow is the projection of one unit of a sample.
type CaseRow struct {
	ID, Survey, Office, Stratum, Unit string
	Probability                       float64
	Place                             int64
	Interviewer, Disposition          string
	Tries                             int64
	Submission                        string

	// Of one who was recruited: the number of the coupon and the size of the network, 0 for none;
	// coupons that were given, and until which day.
	Coupon, Degree, Given int64
	Relation, Until       string
}

// caseColumns are those of a case, as they are written and read.
const caseColumns = "id, survey, office, stratum, unit, probability, place, interviewer, disposition, tries, submission, coupon, degree, relation, given, until_day"

// PutCases writes or updates cases.
func (tx *Tx) PutCases(ctx context.Context, rows []CaseRow) error {
	args := make([]any, 0, 16*len(rows))
	for _, c := range rows {
		args = append(args, c.ID, c.Survey, c.Office, c.Stratum, c.Unit, c.Probability, c.Place, c.Interviewer, c.Disposition, c.Tries, c.Submission,
			c.Coupon, c.Degree, c.Relation, c.Given, c.Until)
	}
	return tx.bulk(ctx, "INSERT INTO survey_case ("+caseColumns+")",
		" ON CONFLICT (id) DO UPDATE SET office = excluded.office, interviewer = excluded.interviewer, disposition = excluded.disposition, tries = excluded.tries, "+
			"submission = excluded.submission, degree = excluded.degree, relation = excluded.relation, given = excluded.given, until_day = excluded.until_day", 16, args)
}

// CaseFilter chooses cases; what is "" does not choose.
type CaseFilter struct{ Survey, Office, Stratum, Interviewer, Disposition string }

func (f *CaseFilter) where() (string, []any) {
	return chosen([]choice{{"survey", f.Survey}, {"office", f.Office}, {"stratum", f.Stratum}, {"interviewer", f.Interviewer}, {"disposition", f.Disposition}})
}

// choice is a column that has to have a value, unless the value is "".
type choice struct{ column, value string }

// chosen is the condition of choices, which holds of everything when there are none.
func chosen(all []choice) (string, []any) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range all {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	return strings.Join(where, " AND "), args
}

// Cases lists cases by office, stratum and place, after a number of them, at most limit.
func (tx *Tx) Cases(ctx context.Context, f CaseFilter, after, limit int) ([]CaseRow, error) {
	where, args := f.where()
	return tx.cases(ctx, where+" ORDER BY survey, office, stratum, place, id LIMIT ? OFFSET ?", append(args, limit, after)...)
}

// CountCases counts cases by office, stratum and disposition.
func (tx *Tx) CountCases(ctx context.Context, f CaseFilter) (out []CaseCount, err error) {
	where, args := f.where()
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c CaseCount
		err := rs.Scan(&c.Office, &c.Stratum, &c.Disposition, &c.N, &c.Weight)
		out = append(out, c)
		return err
	}, "SELECT office, stratum, disposition, count(*), sum(CASE WHEN probability > 0 THEN 1 / probability ELSE 0 END) FROM survey_case WHERE "+where+
		" GROUP BY office, stratum, disposition ORDER BY office, stratum, disposition", args...)
	return out, err
}

// CaseCount is how many cases of a stratum have a disposition, and the sum of their design
// weights.
type CaseCount struct {
	Office, Stratum, Disposition string
	N                            int64
	Weight                       float64
}

// CasesOfCoupons returns the cases of a survey that came with coupons of some numbers.
func (tx *Tx) CasesOfCoupons(ctx context.Context, survey string, numbers ...uint64) ([]CaseRow, error) {
	args := []any{survey}
	for _, n := range numbers {
		args = append(args, int64(n))
	}
	return tx.cases(ctx, "survey = ? AND coupon IN (?"+strings.Repeat(", ?", max(0, len(numbers)-1))+") ORDER BY coupon, id", args...)
}

// CasesByID returns cases.
func (tx *Tx) CasesByID(ctx context.Context, ids []string) (out []CaseRow, err error) {
	return out, in(ids, func(places string, args []any) error {
		found, err := tx.cases(ctx, "id IN ("+places+") ORDER BY id", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) cases(ctx context.Context, where string, args ...any) (out []CaseRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c CaseRow
		err := rs.Scan(&c.ID, &c.Survey, &c.Office, &c.Stratum, &c.Unit, &c.Probability, &c.Place, &c.Interviewer, &c.Disposition, &c.Tries, &c.Submission,
			&c.Coupon, &c.Degree, &c.Relation, &c.Given, &c.Until)
		out = append(out, c)
		return err
	}, "SELECT "+caseColumns+" FROM survey_case WHERE "+where, args...)
	return out, err
}

// SubmissionRow is the projection of one submission. Received is in microseconds.
type SubmissionRow struct {
	ID, Survey, Office, Form, Instance, Case, Interviewer, Standing string
	Awaited, Received                                               int64
}

// PutSubmissions writes or updates submissions. All of a row may change: of two posts that took the
// same interview in apart, under two surveys or from two interviewers, one is told by the hub that
// the other's is what stands.
func (tx *Tx) PutSubmissions(ctx context.Context, rows []SubmissionRow) error {
	args := make([]any, 0, 10*len(rows))
	for _, s := range rows {
		args = append(args, s.ID, s.Survey, s.Office, s.Form, s.Instance, s.Case, s.Interviewer, s.Standing, s.Awaited, s.Received)
	}
	return tx.bulk(ctx, "INSERT INTO submission (id, survey, office, form, instance, kase, interviewer, standing, awaited, received)",
		" ON CONFLICT (id) DO UPDATE SET survey = excluded.survey, office = excluded.office, form = excluded.form, instance = excluded.instance, kase = excluded.kase, "+
			"interviewer = excluded.interviewer, standing = excluded.standing, awaited = excluded.awaited, received = excluded.received", 10, args)
}

// SubmissionFilter chooses submissions; what is "" does not choose. Since and Until bound
// when they were received, in microseconds, 0 for not; Until is not included.
type SubmissionFilter struct {
	Survey, Office, Form, Case, Interviewer, Standing string
	Since, Until                                      int64
}

func (f *SubmissionFilter) where() (string, []any) {
	where, args := chosen([]choice{{"survey", f.Survey}, {"office", f.Office}, {"form", f.Form}, {"kase", f.Case}, {"interviewer", f.Interviewer}, {"standing", f.Standing}})
	if f.Since > 0 {
		where, args = where+" AND received >= ?", append(args, f.Since)
	}
	if f.Until > 0 {
		where, args = where+" AND received < ?", append(args, f.Until)
	}
	return where, args
}

// Place is where a page of submissions begins: after the one that was received then. The zero
// Place is before the first.
type Place struct {
	Received int64
	ID       string
}

// Submissions lists submissions by when they were received, the oldest first, after a place, at
// most limit. Backward lists them the newest first, before the place.
func (tx *Tx) Submissions(ctx context.Context, f SubmissionFilter, at Place, backward bool, limit int) ([]SubmissionRow, error) {
	where, args := f.where()
	sign, order := ">", "received, id"
	if backward {
		sign, order = "<", "received DESC, id DESC"
	}
	if at != (Place{}) {
		where, args = where+" AND (received, id) "+sign+" (?, ?)", append(args, at.Received, at.ID)
	}
	return tx.submissions(ctx, where+" ORDER BY "+order+" LIMIT ?", append(args, limit)...)
}

// SubmissionsByID returns submissions.
func (tx *Tx) SubmissionsByID(ctx context.Context, ids []string) (out []SubmissionRow, err error) {
	return out, in(ids, func(places string, args []any) error {
		found, err := tx.submissions(ctx, "id IN ("+places+") ORDER BY id", args...)
		out = append(out, found...)
		return err
	})
}

// SubmissionsOf returns those that clients call by some names now.
func (tx *Tx) SubmissionsOf(ctx context.Context, instances []string) (out []SubmissionRow, err error) {
	return out, in(instances, func(places string, args []any) error {
		found, err := tx.submissions(ctx, "instance IN ("+places+") ORDER BY id", args...)
		out = append(out, found...)
		return err
	})
}

// CountSubmissions counts them.
func (tx *Tx) CountSubmissions(ctx context.Context, f SubmissionFilter) (n int64, err error) {
	where, args := f.where()
	err = tx.row(ctx, "SELECT count(*) FROM submission WHERE "+where, args...).Scan(&n)
	return n, err
}

func (tx *Tx) submissions(ctx context.Context, where string, args ...any) (out []SubmissionRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s SubmissionRow
		err := rs.Scan(&s.ID, &s.Survey, &s.Office, &s.Form, &s.Instance, &s.Case, &s.Interviewer, &s.Standing, &s.Awaited, &s.Received)
		out = append(out, s)
		return err
	}, "SELECT id, survey, office, form, instance, kase, interviewer, standing, awaited, received FROM submission WHERE "+where, args...)
	return out, err
}

// DropSurveys takes surveys and who takes part in them out of the projections; cases and
// submissions are entities of their own.
func (tx *Tx) DropSurveys(ctx context.Context, ids []string) error {
	return in(ids, func(places string, args []any) error {
		if err := tx.exec(ctx, "DELETE FROM survey_post WHERE survey IN ("+places+")", args...); err != nil {
			return err
		}
		return tx.exec(ctx, "DELETE FROM survey WHERE id IN ("+places+")", args...)
	})
}
