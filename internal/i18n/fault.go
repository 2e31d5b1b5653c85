package i18n

import "quipu/internal/fault"

// Fault is what a person reads about err: the message "fault."+Key with its arguments.
// What is not a fault is ours to mend, so its text is kept from the reader.
func Fault(lang Lang, err error) string {
	e := fault.As(err)
	if e == nil || e.Kind == fault.Internal && !Has(lang, "fault."+e.Key) {
		return Internal(lang, "")
	}
	return T(lang, "fault."+e.Key, Pairs(e.Args)...)
}

// Pairs are the arguments of a fault or a doubt as T takes them.
func Pairs(args []fault.Arg) []any {
	out := make([]any, 0, 2*len(args))
	for _, a := range args {
		out = append(out, a.Name, a.Value)
	}
	return out
}

// Internal is the message for a failure of ours. ref, when not empty, is the code under
// which the log holds the details.
func Internal(lang Lang, ref string) string {
	if ref == "" {
		return T(lang, "fault.internal")
	}
	return T(lang, "fault.internal.ref", "ref", ref)
}
