package handoff

func adfs() product {
	return product{
		name: "Microsoft AD FS",
		steps: []step{
			{text: "In AD FS Management: Relying Party Trusts > Add Relying Party Trust > Claims aware > Enter data about the relying party manually.", fields: []field{{"Display name", app, ""}}},
			{text: "Configure Certificate: choose none. Configure URL: Enable support for the SAML 2.0 WebSSO protocol.", fields: []field{{"Relying party SAML 2.0 SSO service URL", acs, ""}}},
			{text: "Configure Identifiers:", fields: []field{{"Relying party trust identifier", entity, ""}}},
			{text: "Choose an access control policy for the people who shall use it."},
			{text: "Edit Claim Issuance Policy > Add Rule > Send LDAP Attributes as Claims, Attribute store Active Directory. Besides, User-Principal-Name has to go out as Name ID.", attributes: true},
			{text: "Properties > Advanced:", fields: []field{{"Secure hash algorithm", "", "SHA-256"}}},
			{text: "Logins that start at AD FS are off since Windows Server 2016: Set-AdfsProperties -EnableIdPInitiatedSignonPage $true. Then link to https://YOUR-ADFS/adfs/ls/idpinitiatedsignon.aspx?loginToRp= followed by our entity ID, percent-encoded."},
		},
		sources: map[string]string{
			"email": "E-Mail-Addresses, as E-Mail Address", "given_name": "Given-Name, as Given Name", "family_name": "Surname, as Surname", "name": "Display-Name, as Name",
		},
		notes:    []string{"AD FS replaces its token-signing certificate by itself (AutoCertificateRollover), and we do not notice. Send the next one before it becomes the primary one."},
		metadata: "https://YOUR-ADFS/FederationMetadata/2007-06/FederationMetadata.xml, the address or the file",
	}
}

func ping() product {
	return product{
		name: "PingOne or PingFederate",
		steps: []step{
			{text: "PingOne: Applications > + > SAML Application > Manually Enter. PingFederate: Applications > SP Connections > Create Connection > Browser SSO Profiles, SAML 2.0.", fields: []field{{"Application Name, Connection Name", app, ""}}},
			{text: "Enter our addresses. If you import our metadata instead, look that the ACS URL kept its query.", fields: []field{
				{"PingOne: ACS URLs. PingFederate: Endpoint URL of the Assertion Consumer Service", acs, ""},
				{"PingOne: Entity ID. PingFederate: Partner's Entity ID (Connection ID)", entity, ""},
				{"PingFederate: SAML Profiles", "", "IdP-Initiated SSO and SP-Initiated SSO"}, {"PingOne: Default Relay State, Target Application URL", "", leaveEmpty},
				{"Binding", "", "POST"},
			}},
			{text: "Signing:", fields: []field{
				{"PingOne: Sign Assertion & Response", "", "chosen, or Sign Assertion"}, {"PingFederate: Always sign assertion", "", "checked"},
				{"PingFederate: Include the certificate in the signature <KeyInfo> element", "", "checked"}, {"Signing algorithm", "", "RSA_SHA256"},
			}},
			{text: "PingOne: Attribute Mappings. PingFederate: Attribute Contract.", attributes: true},
			{text: "PingOne: give it to the groups who shall use it, and switch the application on. PingFederate: activate the connection; logins start at /idp/startSSO.ping?PartnerSpId= followed by our entity ID, percent-encoded."},
		},
		sources:  map[string]string{"email": "Email Address", "given_name": "Given Name", "family_name": "Family Name", "name": "Username"},
		metadata: "PingOne: the IDP Metadata URL on the tab Overview. PingFederate: the exported metadata of the connection",
	}
}
