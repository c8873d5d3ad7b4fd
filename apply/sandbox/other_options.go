package sandbox

// completeOther adds what the server adds to options of strategies other than SAML, as far as recordings show it for
// every creation: databases (auth0) and okta. Discovery of an OpenID provider's metadata is not modelled.
func (s *Server) completeOther(strategy string, o object) {
	switch strategy {
	case "auth0":
		s.completeDatabase(o)
	case "okta":
		for key, v := range map[string]any{
			"schema_version": "oidc-V4", "type": "back_channel", "attribute_map": object{"mapping_mode": "basic_profile"},
			"connection_settings": object{"pkce": "auto"},
		} {
			setDefault(o, key, v)
		}
	}
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
