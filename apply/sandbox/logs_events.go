package sandbox

import (
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// DashboardHeader makes a write one of the Dashboard: its value is the e-mail address of the administrator, under whose
// name the log then has it.
const DashboardHeader = "X-Sandbox-Dashboard-User"

// What the log says of writes in the Dashboard and of others (public entries of real tenants).
const (
	dashboardChannel = "https://manage.auth0.com/"
	apiChannel       = "api"
)

// recordWrite adds a write of the Management API to the log: sapi, or fapi when it was refused. The caller holds the
// lock.
func (s *Server) recordWrite(rt *route, rq *request, rep *reply, err error) {
	status, body := http.StatusInternalServerError, any(nil)
	var refusal *apiError
	switch {
	case err == nil:
		status, body = rep.status, rep.body
	case errors.As(err, &refusal):
		status, body = refusal.status, refusal.body()
	}
	query := object{}
	for k := range rq.http.URL.Query() {
		query[k] = rq.http.URL.Query().Get(k)
	}
	claims := jwtClaims(rq.http)
	auth := object{"strategy": "jwt", "user": object{}, "credentials": credentialsOf(claims, rq.scopes)}
	ip, _, _ := net.SplitHostPort(rq.http.RemoteAddr)
	asked := object{
		"method": strings.ToLower(rq.http.Method), "path": rq.http.URL.EscapedPath(), "query": query, "channel": apiChannel,
		"ip": ip, "userAgent": rq.http.UserAgent(), "auth": auth, "body": redacted(rq.body),
	}
	entry := object{
		"type": "sapi", "description": rt.title(), "ip": ip, "user_agent": rq.http.UserAgent(), "isMobile": false,
		"client_id": clientOf(claims), "client_name": text(s.tenant.clients.get(clientOf(claims)), "name"), "user_id": "", "user_name": "",
		"details": object{"request": asked, "response": object{"statusCode": status, "body": redacted(body)}},
	}
	if err != nil {
		entry["type"], entry["description"] = "fapi", text(refusalBody(refusal), "message")
	}
	if user := rq.http.Header.Get(DashboardHeader); user != "" {
		byDashboard(entry, user)
	}
	if id := rq.http.Header.Get("X-Correlation-ID"); id != "" && len(id) <= 64 {
		entry["references"] = object{"correlation_id": id}
	}
	s.record(entry)
}

func refusalBody(e *apiError) object {
	if e == nil {
		return nil
	}
	return e.body()
}

// byDashboard makes an entry that of an administrator.
func byDashboard(entry object, user string) {
	asked := child(child(entry, "details"), "request")
	asked["channel"] = dashboardChannel
	id := "auth0|" + idFor(idShape{chars: 24, hex: true}, user)
	child(asked, "auth")["user"] = object{"email": user, "name": user, "user_id": id}
	entry["user_id"], entry["user_name"] = id, user
}

// credentialsOf tells what a token was allowed, as the log does: without the token itself.
func credentialsOf(claims object, sc scopes) object {
	out := object{}
	if jti := text(claims, "jti"); jti != "" {
		out["jti"] = jti
	}
	if sc != nil {
		list := make([]any, len(sc))
		for i, scope := range sc {
			list[i] = scope
		}
		out["scopes"] = list
	}
	return out
}

// jwtClaims are the claims of a request's token, none for one that is not a JWT.
func jwtClaims(r *http.Request) object {
	parts := strings.Split(r.Header.Get("Authorization"), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	v, err := decode(payload)
	claims, _ := v.(object)
	if err != nil {
		return nil
	}
	return claims
}

// clientOf is the client that a token was issued to.
func clientOf(claims object) string {
	if id := text(claims, "azp"); id != "" {
		return id
	}
	return strings.TrimSuffix(text(claims, "sub"), "@clients")
}

// redacted hides what the log must not hold. Which members real logs hide is not documented; secrets, passwords and
// keys are assumed.
func redacted(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for k, e := range v {
			name := strings.ToLower(k)
			if _, isText := e.(string); isText && (strings.Contains(name, "secret") || strings.Contains(name, "password") || strings.HasSuffix(name, "key")) {
				out[k] = "[REDACTED]"
			} else {
				out[k] = redacted(e)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = redacted(e)
		}
		return out
	}
	return v
}

// recordVisit adds what a visit to the login flow came to, for the visits of which a real log tells. The caller holds
// the lock.
func (s *Server) recordVisit(v *visit, p *page) {
	kind := loginEvent(v, p)
	if kind == "" {
		return
	}
	id := v.param("client_id")
	if id == "" {
		id, _ = credentials(v.r, v.form)
	}
	ip, _, _ := net.SplitHostPort(v.r.RemoteAddr)
	s.record(object{
		"type": kind, "client_id": id, "client_name": text(s.tenant.clients.get(id), "name"), "connection": v.query.Get("connection"),
		"ip": ip, "user_agent": v.r.UserAgent(), "hostname": v.host(), "isMobile": false, "details": object{},
	})
}

// loginEvent is the type of the entry about a visit, "" when there is none.
func loginEvent(v *visit, p *page) string {
	location, _ := url.Parse(p.header.Get("Location"))
	won := p.status < http.StatusBadRequest && (location == nil || location.Query().Get("error") == "" && !strings.Contains(location.Fragment, "error="))
	pick := func(success, failure string) string {
		if won {
			return success
		}
		return failure
	}
	switch path := v.r.URL.Path; {
	case path == callbackPath:
		if slices.ContainsFunc(v.decisions, func(d Decision) bool { return d.ID == "idp-enabled" && d.Outcome == Refused }) {
			return "" // no entry, as users found (community 123022)
		}
		return pick("s", "f")
	case path == "/authorize" && v.param("prompt") == "none":
		return pick("ssa", "fsa")
	case path == tokenPath:
		switch v.form.Get("grant_type") {
		case grantTypeM2M:
			return pick("seccft", "feccft")
		case "authorization_code":
			return pick("seacft", "feacft")
		case "refresh_token":
			return pick("sertft", "fertft")
		}
	}
	return ""
}
