package sandbox

import (
	"crypto/sha256"
	"encoding/pem"
	"slices"
	"strings"
	"time"
)

// completeClient turns a POST body into the client Auth0 makes of it (recorded, management-api.md 2 and 4.2).
func (s *Server) completeClient(o object) error {
	id, err := s.newID(clientIDShape())
	if err != nil {
		return err
	}
	o["client_id"] = id
	for key, v := range o { // a null on create is as good as absent (assumed; recorded for PATCH)
		if v == nil {
			delete(o, key)
		}
	}
	first := true
	if v, ok := o["is_first_party"].(bool); ok {
		first = v
	}
	domain := s.domain()
	name, _, _ := strings.Cut(domain, ".")
	for key, v := range map[string]any{
		"tenant": name, "global": false, "encrypted": true, "callback_url_template": false, "cross_origin_auth": false,
		"is_first_party": true, "is_token_endpoint_ip_header_trusted": false, "oidc_conformant": !first,
		"sso_disabled": false, "cross_origin_authentication": false, "custom_login_page_on": true,
		"grant_types": defaultGrantTypes(o),
	} {
		setDefault(o, key, v)
	}
	if !s.since(crossOriginAuthentication) && o["cross_origin_authentication"] == false {
		delete(o, "cross_origin_authentication")
	}
	if !first && s.since(thirdPartyMode) {
		setDefault(o, "third_party_security_mode", "permissive")
	}
	completeJWT(o)
	o["refresh_token"] = completeRefreshToken(child(o, "refresh_token"), !first && s.since(thirdPartyTokens))
	completeLogout(o, o)
	if text(o, "initiate_login_uri") == "" {
		delete(o, "initiate_login_uri")
	}
	o["signing_keys"] = []any{s.clientKeys(domain, id)}
	if err := s.completeCredentials(o); err != nil {
		return err
	}
	if _, ok := o["client_authentication_methods"]; ok {
		return nil // no secret then, as the recorded PATCH shows
	}
	if text(o, "client_secret") != "" {
		return nil
	}
	o["client_secret"], err = s.newID(secretShape())
	return err
}

// defaultGrantTypes follow the authentication method, not app_type (recorded: app_type "spa" alone changes nothing).
func defaultGrantTypes(o object) []any {
	switch {
	case text(o, "app_type") == "resource_server":
		return []any{}
	case text(o, "app_type") == "express_configuration":
		return []any{"authorization_code", "client_credentials"}
	case text(o, "token_endpoint_auth_method") == "none":
		return []any{"authorization_code", "implicit", "refresh_token"}
	default:
		return []any{"authorization_code", "implicit", "refresh_token", "client_credentials"}
	}
}

// completeJWT adds what the server adds: nothing sent gives lifetime 36000 without alg (so HS256), anything sent only
// gets secret_encoded (recorded 92 of 92).
func completeJWT(o object) {
	sent := child(o, "jwt_configuration")
	if sent == nil {
		o["jwt_configuration"] = object{"secret_encoded": false, "lifetime_in_seconds": number(36000)}
		return
	}
	next := clone(sent)
	setDefault(next, "secret_encoded", false)
	o["jwt_configuration"] = next
}

// defaultRefreshToken is what a client gets without sending refresh_token.
func defaultRefreshToken(thirdParty bool) object { return completeRefreshToken(nil, thirdParty) }

// completeRefreshToken fills what a partial refresh_token lacks; the infinite_* members follow expiration_type
// (recorded). Third-party clients rotate and expire by default.
func completeRefreshToken(sent object, thirdParty bool) object {
	next := clone(sent)
	if thirdParty {
		setDefault(next, "rotation_type", "rotating")
		setDefault(next, "expiration_type", "expiring")
	}
	setDefault(next, "rotation_type", "non-rotating")
	setDefault(next, "expiration_type", "non-expiring")
	forever := text(next, "expiration_type") != "expiring"
	setDefault(next, "leeway", number(0))
	setDefault(next, "token_lifetime", number(2592000))
	setDefault(next, "idle_token_lifetime", number(1296000))
	setDefault(next, "infinite_token_lifetime", forever)
	setDefault(next, "infinite_idle_token_lifetime", forever)
	return next
}

// completeLogout keeps oidc_logout and oidc_backchannel_logout alike: what is sent as one shows as both, and null
// removes both (recorded: TF TestAccClientOIDCLogout).
func completeLogout(o, sent object) {
	const full, old = "oidc_logout", "oidc_backchannel_logout"
	logout, sentFull := sent[full]
	backchannel, sentOld := sent[old]
	switch {
	case sentFull && logout != nil:
		o[old] = object{"backchannel_logout_urls": child(sent, full)["backchannel_logout_urls"]}
	case sentOld && backchannel != nil:
		o[full] = backchannel
	case sentFull || sentOld:
		delete(o, full)
		delete(o, old)
	}
}

// completeCredentials turns credentials sent with a public key into what Auth0 keeps of them: an id, a kid, times.
func (s *Server) completeCredentials(o object) error {
	methods := child(o, "client_authentication_methods")
	if methods == nil {
		return nil
	}
	next := clone(methods)
	for name, v := range methods {
		method, _ := v.(object)
		list, _ := method["credentials"].([]any)
		if list == nil {
			continue
		}
		list = slices.Clone(list)
		for i, c := range list {
			cred, _ := c.(object)
			key := text(cred, "pem")
			if key == "" {
				continue
			}
			id, err := s.newID(credentialShape())
			if err != nil {
				return err
			}
			kept := clone(cred)
			delete(kept, "pem")
			now := s.opts.Now().UTC().Format(timestamp)
			kept["id"], kept["kid"], kept["created_at"], kept["updated_at"] = id, keyThumbprint(key), now, now
			setDefault(kept, "alg", "RS256")
			list[i] = kept
		}
		m := clone(method)
		m["credentials"] = list
		next[name] = m
	}
	o["client_authentication_methods"] = next
	return nil
}

// timestamp is how Auth0 writes times.
const timestamp = "2006-01-02T15:04:05.000Z"

// credentialIDs reduces credentials to {id}, as every answer but the POST's shows them (recorded).
func credentialIDs(methods object) object {
	out := clone(methods)
	for name, v := range methods {
		method, _ := v.(object)
		list, ok := method["credentials"].([]any)
		if !ok {
			continue
		}
		ids := make([]any, len(list))
		for i, c := range list {
			cred, _ := c.(object)
			ids[i] = object{"id": cred["id"]}
		}
		m := clone(method)
		m["credentials"] = ids
		out[name] = m
	}
	return out
}

// clientKeys stands for the signing_keys entry of a new client. Auth0 sends a real certificate and key; nothing here
// uses them, so these are marked placeholders (assumed harmless).
func (s *Server) clientKeys(domain, id string) object {
	armour := func(kind string) string {
		sum := sha256.Sum256([]byte(kind + domain + id + s.opts.Now().Format(time.RFC3339Nano)))
		return string(pem.EncodeToMemory(&pem.Block{Type: "SANDBOX " + kind, Bytes: sum[:]}))
	}
	return object{"cert": armour("CERTIFICATE"), "key": armour("KEY"), "pkcs7": armour("PKCS7"), "subject": "/CN=" + domain}
}

// publicKeys drops the private part of signing_keys.
func publicKeys(keys []any) []any {
	out := make([]any, len(keys))
	for i, k := range keys {
		entry, _ := k.(object)
		entry = clone(entry)
		delete(entry, "key")
		out[i] = entry
	}
	return out
}
