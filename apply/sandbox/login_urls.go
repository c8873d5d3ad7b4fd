package sandbox

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// parseTarget reads a URL that a browser is to be sent to. Control characters would split a header, a backslash or user
// information would make people and browsers read different hosts, so none of them is ever accepted.
func parseTarget(raw string) *url.URL {
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.User != nil || slices.Contains([]string{"javascript", "data", "vbscript"}, u.Scheme) {
		return nil
	}
	if u.Host == "" && (u.Scheme == "http" || u.Scheme == "https") {
		return nil
	}
	return u
}

// list is the strings at a key of a body.
func list(o object, key string) []string {
	values, _ := o[key].([]any)
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// allowsURL says whether a URL is among those a client registered: the same text, or, unless ExactCallbacks, the same
// text without the query. Entries may hold a wildcard and placeholders.
func (v *visit) allowsURL(entries []string, raw string, org object) bool {
	if parseTarget(raw) == nil {
		return false
	}
	forms := []string{raw}
	if bare, _, ok := strings.Cut(raw, "?"); ok && !v.s.opts.Login.ExactCallbacks {
		forms = append(forms, bare)
	}
	return slices.ContainsFunc(entries, func(entry string) bool {
		entry, ok := v.fill(entry, org)
		return ok && slices.ContainsFunc(forms, func(form string) bool { return matches(entry, form) })
	})
}

// fill replaces the placeholders of a registered URL; ok is false when one has no value here (documented: such an entry
// is ignored).
func (v *visit) fill(entry string, org object) (string, bool) {
	for {
		head, rest, open := strings.Cut(entry, "{")
		name, tail, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return entry, true
		}
		value := ""
		if name == "organization_name" {
			value = text(org, "name")
		} else if key, ok := strings.CutPrefix(name, "custom_domain.metadata."); ok {
			value = text(child(v.customDomain(), "domain_metadata"), key)
		}
		if value == "" || strings.ContainsAny(value, "{}") {
			return "", false
		}
		entry = head + value + tail
	}
}

// matches compares a URL with a registered one, which may have one * as or in the left-most label of an http host
// (documented: wildcards for subdomains; it stands for one level).
func matches(entry, raw string) bool {
	before, after, wild := strings.Cut(entry, "*")
	if !wild {
		return entry == raw
	}
	_, label, http := strings.Cut(before, "://")
	if !http || !strings.HasPrefix(before, "http") || strings.ContainsAny(label, "./:") || strings.Contains(after, "*") {
		return false
	}
	middle, ok := strings.CutPrefix(raw, before)
	if !ok {
		return false
	}
	middle, ok = strings.CutSuffix(middle, after)
	return ok && middle != "" && !strings.ContainsAny(middle, "./:?#@[]")
}

// originOf is scheme, host and port of a URL.
func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// isVerifiable says whether only one application can own a callback: not this machine, not a custom scheme (documented:
// measures against application impersonation; subdomains of localhost count as verifiable).
func isVerifiable(u *url.URL) bool {
	if u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

// isLocal says whether an IdP-initiated answer to a URL loses its scopes (documented for localhost; 127.0.0.1 is named
// by the same warning).
func isLocal(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return host == "localhost" || host == "127.0.0.1"
}

// customDomain is the custom domain this visit came to, or nil on the canonical one.
func (v *visit) customDomain() object {
	host := bareHost(v.host())
	for _, it := range v.s.tenant.customDomains.sorted {
		if strings.EqualFold(text(it.body, "domain"), host) {
			return it.body
		}
	}
	return nil
}
