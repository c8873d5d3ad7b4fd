package sandbox

// completeOther adds what the server adds to options of strategies other than SAML, as far as recordings show it for
// every creation: databases (auth0) and okta.
func (s *Server) completeOther(strategy string, o object) error {
	switch strategy {
	case "auth0":
		s.completeDatabase(o)
	case "okta":
		if err := s.discover(o); err != nil {
			return err
		}
		for key, v := range map[string]any{
			"schema_version": "oidc-V4", "type": "back_channel", "attribute_map": object{"mapping_mode": "basic_profile"},
			"connection_settings": object{"pkce": "auto"},
		} {
			setDefault(o, key, v)
		}
	}
	return nil
}

// discover takes up an OpenID provider's discovery document, where Options.Metadata has it: the document is kept as
// oidc_metadata, and end points that were not sent come from it (recorded: GO GetEnabledConnections).
func (s *Server) discover(o object) error {
	url := discoveryURL(text(o, "domain"))
	data, ok := s.opts.Metadata[url]
	if !ok {
		return nil
	}
	v, err := decode(data)
	doc, isObject := v.(object)
	if err != nil || !isObject { // the text is not recorded
		return errBody("Unable to read the discovery document at %s", url)
	}
	o["oidc_metadata"] = doc
	for _, key := range []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
		if o[key] == nil && doc[key] != nil {
			o[key] = doc[key]
		}
	}
	return nil
}

// discoveryURL is where an OpenID provider describes itself (OpenID Connect Discovery 1.0 section 4).
func discoveryURL(domain string) string {
	return "https://" + domain + "/.well-known/openid-configuration"
}

// completeDatabase is a database connection's defaults (recorded: TF TestAccConnectionClients, GO EnabledClients).
func (s *Server) completeDatabase(o object) {
	password := object{"enabled": true}
	if s.since(passwordBehaviour) {
		password["api_behavior"] = "required"
	}
	if s.since(signupBehaviour) {
		password["signup_behavior"] = "allow"
	}
	for key, v := range map[string]any{
		"mfa": object{"active": true, "return_enroll_settings": true}, "passwordPolicy": "good", "strategy_version": number(2),
		"authentication_methods": object{"password": password, "passkey": object{"enabled": false}},
		"passkey_options": object{
			"challenge_ui": "both", "progressive_enrollment_enabled": true, "local_enrollment_enabled": true,
		},
		"brute_force_protection": true,
	} {
		setDefault(o, key, v)
	}
}

// otherConflicts are the recorded refusals of database options that exclude each other (TF OptionsAttr*Negative).
func otherConflicts(strategy string, o object) error {
	if strategy != "auth0" || child(o, "attributes") == nil {
		return nil
	}
	if _, ok := o["validation"]; ok {
		return errBody("Cannot set both options.attributes and options.validation")
	}
	if flag(o, "requires_username") {
		return errBody("Cannot set both options.attributes and options.requires_username")
	}
	phone := child(child(o, "attributes"), "phone_number")
	if flag(phone, "profile_required") && text(child(phone, "signup"), "status") == "inactive" {
		return errBody("attribute phone_number must also be required on signup")
	}
	return nil
}
