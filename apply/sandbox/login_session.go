package sandbox

import (
	"net/http"
	"time"
)

// session is a browser's login at one host of the tenant.
type session struct {
	id, host   string
	user       string // user_id
	connection string // id
	org        string // organization the login was for, or ""
	started    time.Time
	active     time.Time
	mfa        bool // a second factor was given
	persistent bool
	ends       time.Time
}

// Cookies (documented: cookies of the Authentication API; names, SameSite and the fallback for old browsers).
const (
	sessionCookie       = "auth0"
	sessionCookieCompat = "auth0_compat"
	deviceCookie        = "did"
	deviceCookieCompat  = "did_compat"
	deviceLifetime      = 365 * 24 * time.Hour
)

// sessionKey keeps the sessions of canonical and custom domains apart: each host has its own.
func sessionKey(host, id string) string { return bareHost(host) + "\x00" + id }

// cookie is the browser's session cookie, as this visit leaves it.
func (v *visit) cookie() (string, bool) {
	for _, c := range v.cookies {
		if c.Name == sessionCookie {
			return c.Value, true
		}
	}
	for _, name := range []string{sessionCookie, sessionCookieCompat} {
		if c, err := v.r.Cookie(name); err == nil {
			return c.Value, true
		}
	}
	return "", false
}

// liveSession is the session of the browser at this host, or nil, and why there is none.
func (v *visit) liveSession() (*session, string) {
	value, ok := v.cookie()
	if !ok {
		return nil, "the request carries no session cookie of " + v.host()
	}
	found, ok := v.s.logins.sessions.get(sessionKey(v.host(), value), v.now)
	if !ok {
		return nil, "no live session at " + v.host() + " belongs to the cookie"
	}
	if !v.now.Before(found.active.Add(v.s.idleLifetime(found.persistent))) {
		return nil, "the session was idle for too long"
	}
	return found, ""
}

// persistentSessions says whether sessions persist when the browser closes.
func (t *tenant) persistentSessions() bool {
	return text(child(t.settings, "session_cookie"), "mode") != "non-persistent"
}

// Defaults recorded in TF TestAccTenantDefaults.
func (s *Server) absoluteLifetime(persistent bool) time.Duration {
	if persistent {
		return s.tenant.lifetime("session_lifetime", 168)
	}
	return s.tenant.lifetime("ephemeral_session_lifetime", 72)
}

func (s *Server) idleLifetime(persistent bool) time.Duration {
	if persistent {
		return s.tenant.lifetime("idle_session_lifetime", 72)
	}
	return s.tenant.lifetime("idle_ephemeral_session_lifetime", 24)
}

// signIn starts a session at this host and sets its cookies. An older session of the browser ends.
func (v *visit) signIn(user, connection, org string) (*session, error) {
	if old, _ := v.liveSession(); old != nil {
		v.s.logins.sessions.drop(sessionKey(old.host, old.id))
	}
	id, err := v.s.newID(idShape{prefix: "s%3A", chars: 64})
	if err != nil {
		return nil, err
	}
	persistent := v.s.tenant.persistentSessions()
	next := &session{
		id: id, host: v.host(), user: user, connection: connection, org: org, started: v.now, active: v.now,
		persistent: persistent, ends: v.now.Add(v.s.absoluteLifetime(persistent)),
	}
	v.s.logins.sessions.put(sessionKey(next.host, id), next, v.now, next.ends)
	v.setCookies(sessionCookie, sessionCookieCompat, id, persistent, next.ends)
	if _, err := v.r.Cookie(deviceCookie); err != nil {
		device, err := v.s.newID(idShape{prefix: "s%3Av0%3A", chars: 36})
		if err != nil {
			return nil, err
		}
		v.setCookies(deviceCookie, deviceCookieCompat, device, true, v.now.Add(deviceLifetime))
	}
	return next, nil
}

// signOut ends the browser's session at this host.
func (v *visit) signOut() {
	if old, _ := v.liveSession(); old != nil {
		v.s.logins.sessions.drop(sessionKey(old.host, old.id))
	}
	v.setCookies(sessionCookie, sessionCookieCompat, "", true, time.Unix(0, 0))
}

// setCookies sets a cookie and its twin for browsers that do not know SameSite=None. Neither names a domain, so both
// stay with this host.
func (v *visit) setCookies(name, compat, value string, persistent bool, ends time.Time) {
	c := http.Cookie{ //nolint:gosec // SameSite=None is Auth0's: the app's iframe sends it
		Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode,
	}
	if persistent {
		c.Expires = ends
	}
	twin := c //nolint:gosec // the twin has no SameSite, for browsers that misread None
	twin.Name, twin.SameSite = compat, 0
	v.cookies = append(v.cookies, &c, &twin)
}
