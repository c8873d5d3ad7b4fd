package handoff

func okta() product {
	return product{
		name: "Okta",
		steps: []step{
			{text: "In the Admin Console: Applications > Applications > Create App Integration > SAML 2.0.", fields: []field{{"App name", app, ""}}},
			{text: "Under Configure SAML, General:", fields: []field{
				{"Single sign-on URL", acs, ""}, {"Use this for Recipient URL and Destination URL", "", "checked"},
				{"Audience URI (SP Entity ID)", entity, ""}, {"Default RelayState", "", leaveEmpty},
				{"Name ID format", "", "Persistent or Unspecified, not Transient"}, {"Application username", "", "Okta username"},
			}},
			{text: "Show Advanced Settings, and look that it says:", fields: []field{
				{"Response", "", "Signed"}, {"Assertion Signature", "", "Signed"}, {"Signature Algorithm", "", sha256}, {"Digest Algorithm", "", "SHA256"},
				{"Assertion Encryption", "", "Unencrypted"},
			}},
			{text: "Under Attribute Statements add a line for each. Okta sends none by itself.", attributes: true},
			{text: "On the tab Assignments: assign the people or groups who shall use it."},
		},
		sources:  map[string]string{"email": "user.email", "given_name": "user.firstName", "family_name": "user.lastName", "name": "user.displayName"},
		metadata: "the Metadata URL on the tab Sign On of the application",
		errors:   []Error{{"Okta: You are not assigned to this application", "The person is not on the tab Assignments.", "you"}},
	}
}

func entra() product {
	return product{
		name: "Microsoft Entra ID",
		steps: []step{
			{text: "In the Entra admin center: Enterprise applications > New application > Create your own application > Integrate any other application you don't find in the gallery (Non-gallery).", fields: []field{{"Name", app, ""}}},
			{text: "Single sign-on > SAML > Basic SAML Configuration > Edit:", fields: []field{
				{"Identifier (Entity ID)", entity, ""}, {"Reply URL (Assertion Consumer Service URL)", acs, ""},
				{"Sign on URL", "", "leave empty, or the tile opens that address instead of logging in"}, {"Relay State", "", leaveEmpty},
			}},
			{text: "Attributes & Claims. A new application has most of these already; the part before the last slash is the Namespace.", attributes: true},
			{text: "SAML Certificates > Token signing certificate > Edit:", fields: []field{{"Signing Option", "", "Sign SAML assertion"}, {"Signing Algorithm", "", "SHA-256"}}},
			{text: "Users and groups > Add user/group: the people who shall use it."},
		},
		sources: map[string]string{"email": "user.mail", "given_name": "user.givenname", "family_name": "user.surname", "name": "user.userprincipalname"},
		notes: []string{
			"user.mail is empty for people without a mailbox. If you have some, take user.userprincipalname for the e-mail address.",
			"The signing certificate is the application's own. Send the metadata URL of this application, with ?appid= in it.",
		},
		metadata: "the App Federation Metadata Url under SAML Certificates",
		errors: []Error{
			{"AADSTS50105", "The person, or a group of theirs, is not under Users and groups.", "you"},
			{"AADSTS700016, AADSTS650056", "The Identifier (Entity ID) differs from ours.", "you"},
			{"AADSTS50011", "The Reply URL differs from ours.", "you"},
		},
	}
}

func google() product {
	return product{
		name: "Google Workspace",
		steps: []step{
			{text: "In the Admin console: Apps > Web and mobile apps > Add app > Add custom SAML app.", fields: []field{{"App name", app, ""}}},
			{text: "Google Identity Provider details: choose Download metadata and keep the file for us. There is no address for it."},
			{text: "Service provider details:", fields: []field{
				{"ACS URL", acs, ""}, {"Entity ID", entity, ""}, {"Start URL", "", leaveEmpty}, {"Signed response", "", "checked, or left unchecked to sign the assertion"},
				{"Name ID format", "", "EMAIL"}, {"Name ID", "", "Basic Information > Primary email"},
			}},
			{text: "Attribute mapping: a line for each. Google sends none by itself.", attributes: true},
			{text: "User access: ON for everyone, or for the organizational units that shall use it. It may take some hours."},
		},
		sources:  map[string]string{"email": "Basic Information > Primary email", "given_name": "Basic Information > First name", "family_name": "Basic Information > Last name"},
		notes:    []string{"Google has no name for a person that lasts other than the e-mail address. Tell us before you rename somebody."},
		metadata: "the metadata file that you downloaded",
		errors: []Error{
			{"403 app_not_configured_for_user", "The person is signed in with another Google account, or the app is off for them.", "you"},
			{"403 app_not_configured", "The Entity ID differs from ours.", "you"},
		},
	}
}

func oneLogin() product {
	return product{
		name: "OneLogin",
		steps: []step{
			{text: "Applications > Add App > SAML Custom Connector (Advanced).", fields: []field{{"Display Name", app, ""}}},
			{text: "On the page Configuration:", fields: []field{
				{"RelayState", "", leaveEmpty}, {"Audience (EntityID)", entity, ""}, {"Recipient", acs, ""}, {"ACS (Consumer) URL Validator", pattern, ""},
				{"ACS (Consumer) URL", acs, ""}, {"SAML initiator", "", "OneLogin"}, {"SAML nameID format", "", "Persistent or Email, not Transient"},
				{"SAML signature element", "", "Assertion, or Both"},
			}},
			{text: "On the page SSO:", fields: []field{{"SAML Signature Algorithm", "", "SHA-256"}}},
			{text: "On the page Parameters: add a field for each, and check Include in SAML assertion. OneLogin sends none by itself.", attributes: true},
			{text: "Give the app to the people who shall use it, under Users or by a role on the page Access."},
		},
		sources:  map[string]string{"email": "Email", "given_name": "First Name", "family_name": "Last Name", "name": "Name"},
		metadata: "the Issuer URL on the page SSO, which is the metadata URL too",
	}
}

func jumpCloud() product {
	return product{
		name: "JumpCloud",
		steps: []step{
			{text: "SSO Applications > Add New Application > Custom Application, with Manage Single Sign-On (SSO) and Configure SSO with SAML.", fields: []field{{"Display Label", app, ""}}},
			{text: "On the tab SSO:", fields: []field{
				{"IdP Entity ID", "", "a text of your own; send it to us"}, {"SP Entity ID", entity, ""}, {"ACS URLs, Default URL", acs, ""},
				{"SAMLSubject NameID", "", "email, or username"}, {"SAMLSubject NameID Format", "", "unspecified or persistent, not transient"},
				{"Signature Algorithm", "", sha256}, {"Sign", "", "Assertion, or Assertion and response"}, {"Default RelayState", "", leaveEmpty}, {"Login URL", "", leaveEmpty},
			}},
			{text: "Under User Attribute Mapping: a line for each. JumpCloud sends none by itself.", attributes: true},
			{text: "On the tab User Groups: choose the groups who shall use it, and activate the application."},
		},
		sources:  map[string]string{"email": "email", "given_name": "firstname", "family_name": "lastname", "name": "displayname"},
		notes:    []string{"SP Entity ID and ACS URL are easily mistaken for each other: one begins with https, the other usually with urn."},
		metadata: "what Copy Metadata URL on the tab SSO gives you",
	}
}
