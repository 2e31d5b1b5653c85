package api

import (
	"slices"

	"quipu/internal/authz"
)

// routes lists every operation; openapi.yaml describes each.
func routes() []route {
	return slices.Concat(aboutRoutes(), personRoutes(), pairRoutes(), paperRoutes(), rightsRoutes(), erasureRoutes(), officeRoutes(), conflictRoutes(), campaignRoutes(), turnRoutes(), surveyRoutes(), logRoutes())
}

// aboutRoutes are about the interface, the words of the register and the token itself.
func aboutRoutes() []route {
	return []route{
		{"GET", "/me", "", anything, nil, me},
		{"GET", "/me/tokens", "", anything, nil, tokens},
		{"DELETE", "/me/tokens/{token}", "", anything, nil, revokeToken},
		{"GET", "/me/sessions", "", anything, nil, sessions},
		{"DELETE", "/me/sessions", "", anything, nil, endSessions},
		{"DELETE", "/me/sessions/{session}", "", anything, nil, endSession},
		{"GET", "/openapi.yaml", "", anything, nil, document},
		{"GET", "/problems", "", anything, nil, problems},
		{"GET", "/fields", "", anything, nil, fields},
		{"GET", "/codes", "", anything, nil, codes},
		{"GET", "/codes/{list}", "", anything, []string{"on"}, codeList},
		{"GET", "/consents", "", anything, []string{"version"}, consentTexts},
		{"GET", "/offices", authz.Offices, anything, nil, offices},
		{"GET", "/offices/{code}", authz.Offices, anything, []string{"on"}, office},
	}
}

// personRoutes are what is known of people and what happens to their registrations.
func personRoutes() []route {
	return []route{
		{"POST", "/search", authz.Search, aBody, nil, search},
		{"POST", "/candidates", authz.Search, aBody, nil, candidates},
		{"POST", "/persons", authz.Register, aBody, nil, register},
		{"GET", "/persons/{id}", authz.Read, anything, []string{"known_on"}, person},
		{"PATCH", "/persons/{id}", authz.Edit, aBody, nil, edit},
		{"GET", "/persons/{id}/history", authz.Read, anything, []string{"field"}, history},
		{"GET", "/persons/{id}/reads", authz.ReadLog, anything, nil, readsOf},
		{"POST", "/persons/{id}/confirm", authz.Edit, maybe, nil, confirm},
		{"POST", "/persons/{id}/close", authz.Edit, aBody, nil, closeRegistration},
		{"POST", "/persons/{id}/reopen", authz.Transfer, aBody, nil, reopen},
		{"POST", "/persons/{id}/transfer", authz.Transfer, aBody, nil, transfer},
		{"POST", "/persons/{id}/complete", authz.Edit, aBody, nil, complete},
		{"POST", "/persons/{id}/decease", authz.Edit, aBody, nil, decease},
		{"POST", "/persons/{id}/vital-status", authz.Edit, aBody, nil, vitalStatus},
		{"POST", "/persons/{id}/relatives", authz.Edit, aBody, nil, relate},
		{"POST", "/persons/{id}/doubts/{doubt}", authz.Edit, aBody, nil, resolve},
		{"GET", "/persons/{id}/consents", authz.Read, anything, nil, consents},
		{"POST", "/persons/{id}/consents/{purpose}", authz.Edit, aBody, nil, consent},
		{"GET", "/persons/{id}/photo", authz.ReadDetail, anything, nil, photo},
		{"PUT", "/persons/{id}/photo", authz.Edit, aPhoto, nil, setPhoto},
		{"DELETE", "/persons/{id}/photo", authz.Edit, anything, nil, removePhoto},
	}
}

// pairRoutes are two entries that may be one person. A second look at what was decided is
// for the screens, where what the first said is not shown.
func pairRoutes() []route {
	return []route{
		{"GET", "/pairs", authz.Review, anything, []string{"cursor", "limit", "office", "state"}, pairs},
		{"GET", "/pairs/{pair}", authz.Review, anything, nil, getPair},
		{"POST", "/pairs/{pair}/decisions", authz.Review, aBody, nil, decidePair},
		{"POST", "/pairs/{pair}/reopen", authz.Review, aBody, nil, reopenPair},
		{"GET", "/persons/{id}/pairs", authz.Review, anything, nil, pairsOf},
		{"GET", "/persons/{id}/merges", authz.Review, anything, nil, mergesOf},
		{"GET", "/merges/{merge}", authz.Review, anything, nil, getMerge},
		{"POST", "/merges/{merge}/undo", authz.Merge, aBody, nil, undoMerge},
		{"GET", "/review/statistics", authz.Review, anything, []string{"from", "office", "until"}, reviewStatistics},
		{"GET", "/review/fairness", authz.Review, anything, nil, fairness},
	}
}

// paperRoutes are certificates and cards.
func paperRoutes() []route {
	return []route{
		{"GET", "/persons/{id}/constancies", authz.ReadDetail, anything, nil, constancies},
		{"POST", "/persons/{id}/constancies", authz.Edit, aBody, nil, issueConstancy},
		{"GET", "/constancies/{serial}", authz.ReadDetail, anything, nil, getConstancy},
		{"GET", "/constancies/{serial}/pdf", authz.ReadDetail, anything, nil, constancyPDF},
		{"POST", "/constancies/{serial}/revoke", authz.Edit, aBody, nil, revokeConstancy},
		{"POST", "/verification", "", aBody, nil, verifyConstancy},
		{"GET", "/verification/keys", "", anything, nil, constancyKeys},
		{"GET", "/verification/revoked", "", anything, nil, revokedConstancies},
	}
}

// rightsRoutes are what people ask about their own data, and what others ask.
func rightsRoutes() []route {
	return []route{
		{"GET", "/persons/{id}/requests", authz.Rights, anything, nil, requestsOf},
		{"POST", "/persons/{id}/requests", authz.Rights, aBody, nil, openRequest},
		{"POST", "/persons/{id}/own-data", authz.Disclose, maybe, nil, ownData},
		{"GET", "/requests", authz.Rights, anything, []string{"answered", "limit"}, inbox},
		{"GET", "/requests/{request}", authz.Rights, anything, nil, getRequest},
		{"POST", "/requests/{request}/begin", authz.RightsDecide, maybe, nil, beginRequest},
		{"POST", "/requests/{request}/extend", authz.RightsDecide, aBody, nil, extendRequest},
		{"POST", "/requests/{request}/answer", authz.RightsDecide, aBody, nil, answerRequest},
		{"POST", "/requests/{request}/withdraw", authz.Rights, aBody, nil, withdrawRequest},
		{"GET", "/request-counts", authz.Rights, anything, nil, countRequests},
		{"GET", "/disclosures", authz.Disclose, anything, []string{"limit"}, disclosures},
		{"POST", "/disclosures", authz.Disclose, aBody, nil, openDisclosure},
		{"GET", "/disclosures/{disclosure}", authz.Disclose, anything, nil, getDisclosure},
		{"POST", "/disclosures/{disclosure}/answer", authz.Disclose, aBody, nil, answerDisclosure},
		{"GET", "/breaches", authz.Breach, anything, []string{"limit"}, breaches},
		{"POST", "/breaches", authz.Breach, aBody, nil, openBreach},
		{"GET", "/breaches/{breach}", authz.Breach, anything, nil, getBreach},
		{"PUT", "/breaches/{breach}", authz.Breach, aBody, nil, updateBreach},
		{"POST", "/breaches/{breach}/authority", authz.Breach, aBody, nil, notifyAuthority},
		{"POST", "/breaches/{breach}/people", authz.Breach, aBody, nil, notifyPeople},
		{"POST", "/breaches/{breach}/excuse", authz.Breach, aBody, nil, excuseBreach},
		{"POST", "/breaches/{breach}/close", authz.Breach, maybe, nil, closeBreach},
	}
}

// erasureRoutes are what is kept no longer. Approving it is for the screens, where who
// approves shows the password again.
func erasureRoutes() []route {
	return []route{
		{"POST", "/requests/{request}/erasure", authz.Retention, aBody, nil, proposeErasure},
		{"GET", "/retention/due", authz.Retention, anything, []string{"limit"}, retentionDue},
		{"GET", "/retention/proposals", authz.Retention, anything, []string{"limit"}, proposals},
		{"POST", "/retention/proposals", authz.Retention, maybe, nil, proposeRetention},
		{"GET", "/retention/proposals/{proposal}", authz.Retention, anything, nil, getProposal},
		{"POST", "/retention/proposals/{proposal}/reject", authz.Retention, aBody, nil, rejectProposal},
	}
}

// officeRoutes are the work of an office: its day, its lists, its accounts.
func officeRoutes() []route {
	return []route{
		{"GET", "/day", authz.Search, anything, nil, today},
		{"GET", "/day/due", authz.Search, anything, []string{"cursor", "limit"}, due},
		{"GET", "/day/doubts", authz.Search, anything, []string{"cursor", "limit"}, doubtful},

		{"POST", "/imports", authz.Import, aList, nil, importList},
		{"GET", "/imports", authz.Import, anything, []string{"cursor", "limit"}, imports},
		{"GET", "/imports/{batch}", authz.Import, anything, nil, importRun},
		{"POST", "/imports/{batch}/undo", authz.UndoImport, maybe, nil, undo},

		{"GET", "/accounts", authz.Sessions, anything, nil, accounts},
		{"POST", "/accounts", authz.Accounts, aBody, nil, invite},
		{"GET", "/accounts/{login}", authz.Sessions, anything, nil, oneAccount},
		{"PUT", "/accounts/{login}", authz.Accounts, aBody, nil, editAccount},
		{"GET", "/accounts/{login}/sessions", authz.Sessions, anything, nil, sessions},
		{"DELETE", "/accounts/{login}/sessions", authz.Sessions, anything, nil, endSessions},
		{"DELETE", "/accounts/{login}/sessions/{session}", authz.Sessions, anything, nil, endSession},
		{"GET", "/accounts/{login}/tokens", authz.Accounts, anything, nil, tokens},
		{"DELETE", "/accounts/{login}/tokens/{token}", authz.Accounts, anything, nil, revokeToken},
	}
}

// conflictRoutes are what two offices wrote apart, and what the hub keeps apart. Which right it needs is that over the kind of
// what was written, so that the use case asks for it.
func conflictRoutes() []route {
	return []route{
		{"GET", "/conflicts", "", anything, nil, conflicts},
		{"GET", "/conflicts/{kind}/{entity}/{conflict}", "", anything, nil, getConflict},
		{"POST", "/conflicts/{kind}/{entity}/{conflict}/decisions", "", aBody, nil, decideConflict},
		{"GET", "/apart/{change}", "", anything, nil, getApart},
		{"POST", "/apart/{change}/decisions", "", aBody, nil, decideApart},
	}
}

// campaignRoutes are mobile consulates.
func campaignRoutes() []route {
	return []route{
		{"GET", "/campaigns", authz.Attend, anything, []string{"year"}, campaigns},
		{"POST", "/campaigns", authz.Campaign, aBody, nil, planCampaign},
		{"GET", "/campaigns/{campaign}", authz.Attend, anything, nil, getCampaign},
		{"POST", "/campaigns/{campaign}/state", authz.Campaign, aBody, nil, moveCampaign},
	}
}

// surveyRoutes are what leaves a survey. Planning it and asking are for the screens and for the
// clients of OpenRosa.
func surveyRoutes() []route {
	return []route{
		{"GET", "/surveys", authz.Analyse, anything, nil, surveys},
		{"GET", "/surveys/{survey}/files/{format}", authz.Analyse, anything, nil, surveyFile},
	}
}

var readFilters = []string{"action", "author", "cursor", "day", "limit", "office", "person", "purpose", "reason", "view"}

// logRoutes are the log of changes and the log of reads.
func logRoutes() []route {
	return []route{
		{"GET", "/audit/head", authz.Audit, anything, nil, auditHead},
		{"POST", "/audit/verify", authz.Audit, maybe, nil, auditVerify},
		{"GET", "/audit/reads", authz.ReadLog, anything, readFilters, reads},
		{"POST", "/audit/reads/seen", authz.ReviewReads, aBody, nil, seeReads},
	}
}
