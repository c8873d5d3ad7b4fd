package sandbox

func logBehaviours() []Behaviour {
	const a = "tenant log"
	return []Behaviour{
		{a, "each POST, PATCH, PUT and DELETE that succeeds is a sapi; GET is not, mgmt_api_read (a GET that showed a secret) is not modelled", Documented, "log schema of sapi, mgmt_api_read"},
		{a, "a write that is refused after the token was accepted is a fapi", Assumed, "\"Failed API Operation\"; which refusals are logged is not documented"},
		{a, "description is the summary of the operation", Assumed, "three public entries agree with the OpenAPI document"},
		{a, "details.request {method in lower case, path, query, body, channel, ip, userAgent, auth {strategy, user, credentials {jti, scopes}}}, details.response {statusCode, body}", Documented, "log schema of sapi; the members from public entries"},
		{a, "channel is api, or https://manage.auth0.com/ for the Dashboard, whose entries name the user", Assumed, "public entries"},
		{a, "X-Correlation-ID shows as references.correlation_id", Documented, "log schema of sapi"},
		{a, "secrets, passwords and keys in bodies are hidden", Assumed, "public entries show [REDACTED]; which members is not documented"},
		{a, "ids are 900, the time to the millisecond and 36 digits", Recorded, "public entries; that the time is that of the event or of its arrival is not known (LogIDsOfEvents)"},
		{a, "from and take: entries with larger ids in the order of ids, at most 100, other parameters ignored, Link to the next", Documented, "retrieve logs by checkpoint"},
		{a, "from an id that is gone answers with what is left, without an error", Assumed, "not documented"},
		{a, "search: newest first, at most 100 a page and 1000 in all; the text of the 400", Documented, "retrieve logs by search criteria; text: public report"},
		{a, "of the search syntax: [NOT] field:value, quotes, (a OR b), date:[a TO b], AND; sort by date", Documented, "log search query syntax; anything else is refused here; `search` is ignored"},
		{a, "entries show late (LogDelay)", Documented, "\"Auth0 does not provide real-time logs\"; no bound is documented"},
		{a, "retention 1 day (free), 5 (essentials), 30 (enterprise), or LogRetention", Documented, "log data retention"},
		{a, "logins: s and f, ssa and fsa, seacft, sertft, seccft and their failures; none when IdP-initiated login is off", Documented, "log type codes; the last from community 123022"},
		{a, "the local log ends at 1000 entries, of which a store keeps 200", Assumed, "a limit of the sandbox"},
	}
}
