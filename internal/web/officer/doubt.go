package officer

// resolveDoubt takes the value that a doubt proposes, or puts the doubt away.
func (s *Site) resolveDoubt(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	id, accept := v.PathValue("id"), v.PostFormValue("do") == "accept"
	out, err := s.App.Resolve(v.Context(), v.actor, id, v.PathValue("doubt"), accept, v.PostFormValue("note"))
	if err != nil {
		return err
	}
	if len(out.Conflicts) > 0 {
		return errConflict
	}
	said := v.words.t("officer.doubts.dismissed")
	if accept {
		said = v.words.t("officer.doubts.accepted")
	}
	return s.done(v, "/persona/"+id, said)
}
