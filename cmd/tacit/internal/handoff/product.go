package handoff

import "github.com/tacit-dev/tacit/schema/saml"

// product is how a kind of identity provider is set up. The words are those of
// its console: see each product's documentation of custom SAML applications,
// and Auth0's pages on it as identity provider.
type product struct {
	name  string
	steps []step
	// sources say where users' data stand, by field of the profile.
	sources map[string]string
	notes   []string
	// metadata says where to get what is to be sent back.
	metadata string
	// errors are its own ways to refuse.
	errors []Error
}

// step is a Step before the values are known.
type step struct {
	text       string
	fields     []field
	attributes bool
}

// field is an input: a value by its key, or what to choose. One whose value is
// not known is left out; the gap says so.
type field struct{ label, key, text string }

const (
	acs      = "acs_url"
	entity   = "entity_id"
	metadata = "metadata_url"
	pattern  = "acs_pattern"
	short    = "connection"
	app      = "application"

	leaveEmpty = "leave empty"
	sha256     = "RSA-SHA256"
)

func productOf(p saml.Product) product {
	switch p {
	case saml.Okta:
		return okta()
	case saml.Entra:
		return entra()
	case saml.Google:
		return google()
	case saml.ADFS:
		return adfs()
	case saml.Ping:
		return ping()
	case saml.OneLogin:
		return oneLogin()
	case saml.JumpCloud:
		return jumpCloud()
	case saml.Keycloak:
		return keycloak()
	case saml.Shibboleth:
		return shibboleth()
	default:
		return generic()
	}
}

func generic() product {
	return product{
		name: "your identity provider",
		steps: []step{
			{text: "Create a SAML 2.0 application (service provider, relying party) by hand."},
			{text: "Enter our addresses. Copy the ACS URL with its query: without connection=... a click on the tile leads nowhere.", fields: []field{
				{"ACS URL (Reply URL, Single sign-on URL, Recipient, Destination)", acs, ""},
				{"SP entity ID (Audience, Identifier)", entity, ""},
				{"Default RelayState, Start URL", "", leaveEmpty},
				{"Response binding", "", "HTTP-POST"},
			}},
			{text: "Have every assertion signed, and not encrypted unless we agreed on that.", fields: []field{
				{"Signature algorithm", "", sha256}, {"Digest algorithm", "", "SHA-256"}, {"Sign", "", "the assertion, or the whole response"},
			}},
			{text: "Send these attributes under exactly these names.", attributes: true},
			{text: "Give the application to the people who shall use it, and show its tile to them."},
		},
		metadata: "the metadata URL of your identity provider, or its metadata document as a file",
	}
}

func keycloak() product {
	return product{
		name: "Keycloak",
		steps: []step{
			{text: "In your realm: Clients > Create client.", fields: []field{{"Client type", "", "SAML"}, {"Client ID", entity, ""}, {"Name", app, ""}}},
			{text: "On the tab Settings:", fields: []field{
				{"Valid redirect URIs", acs, ""}, {"IDP-Initiated SSO URL name", short, ""}, {"IDP Initiated SSO Relay State", "", leaveEmpty},
				{"Name ID format", "", "username, or persistent"}, {"Force name ID format", "", "On"}, {"Force POST binding", "", "On"},
				{"Sign assertions", "", "On"}, {"Signature algorithm", "", "RSA_SHA256"},
			}},
			{text: "On the tab Keys: switch Client signature required off, unless the values above say that we sign requests. Encrypt assertions stays off."},
			{text: "On the tab Advanced, under Fine Grain SAML Endpoint Configuration:", fields: []field{{"Assertion Consumer Service POST Binding URL", acs, ""}}},
			{text: "On the tab Client scopes: open the dedicated scope, Add mapper > By configuration > User Property, once for each line. SAML Attribute Name is the name, Property is where it comes from.", attributes: true},
			{text: "The tile, or a link on your portal, leads to https://YOUR-KEYCLOAK/realms/YOUR-REALM/protocol/saml/clients/ followed by the IDP-Initiated SSO URL name."},
		},
		sources:  map[string]string{"email": "email", "given_name": "firstName", "family_name": "lastName", "name": "username"},
		metadata: "the address of Realm settings > General > SAML 2.0 Identity Provider Metadata",
		errors:   []Error{{"Keycloak: Client not found", "The IDP-Initiated SSO URL name of the client and the end of the link differ.", "you"}},
	}
}

func shibboleth() product {
	return product{
		name: "Shibboleth IdP",
		steps: []step{
			{text: "Save our metadata and load it in conf/metadata-providers.xml.", fields: []field{{"Metadata of the service provider", metadata, ""}}},
			{text: "Look whether AssertionConsumerService in it is this address with its query, and correct it if not.", fields: []field{{"AssertionConsumerService, HTTP-POST", acs, ""}}},
			{text: "In conf/relying-party.xml add an override for our entity ID: sign assertions or responses, encrypt neither.", fields: []field{
				{"RelyingPartyByName", entity, ""}, {"p:signAssertions", "", "true"}, {"p:encryptAssertions", "", "false"},
			}},
			{text: "Release these attributes in conf/attribute-filter.xml. Names that your registry has under other URIs have to be encoded under these.", attributes: true},
			{text: "The tile leads to https://YOUR-IDP/idp/profile/SAML2/Unsolicited/SSO?providerId= followed by our entity ID, percent-encoded."},
		},
		sources:  map[string]string{"email": "mail", "given_name": "givenName", "family_name": "sn", "name": "displayName"},
		notes:    []string{"The NameID must not be transient, which is Shibboleth's default: set p:nameIDFormatPrecedence to a persistent or e-mail format."},
		metadata: "the address of your IdP metadata, usually https://YOUR-IDP/idp/shibboleth",
	}
}
