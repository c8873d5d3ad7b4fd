package cli

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// text is an attribute of the connection. A sensitive one is a gap: whoever
// sends the sheet has to decide on it.
func (h *sight) text(f *handoff.Facts, name string) string {
	s, _ := h.connection.Cell(name).V.(string)
	if s != "" && h.config.Object(h.connection.Addr).Want(name).Sensitive {
		f.Gaps = append(f.Gaps, handoff.Gap{What: name, How: "The configuration has it from a sensitive value, which tacit does not print. Add it by hand if the customer may know it."})
		return ""
	}
	return s
}

// facts gathers what files and tenant tell of the connection.
func (h *sight) facts(o handoffOptions) handoff.Facts {
	c := h.connection
	f := handoff.Facts{Connection: c.Name(), Contact: o.contact, Now: h.config.Now}
	f.Customer = h.text(&f, "display_name")
	f.SignOn = h.text(&f, "sign_in_endpoint")
	f.UserID = h.text(&f, "user_id_attribute")
	f.FieldsMap, _ = c.Cell("fields_map").V.(map[string]any)
	f.Binding = h.text(&f, "protocol_binding")
	f.Decrypts = c.Cell("decryption_key").V != nil
	f.SignOut = h.text(&f, "sign_out_endpoint") != "" && c.Cell("disable_signout").V != true
	if c.Cell("sign_saml_request").V == true {
		f.Signs = cmp.Or(h.text(&f, "signature_algorithm"), "rsa-sha256") + " and " + cmp.Or(h.text(&f, "digest_algorithm"), "sha256")
	}
	if client := h.client(); client != nil {
		f.Application = h.ahead.Text(client.Name())
		f.Landing = h.landing(client)
	}
	f.Product, f.Recognized = h.product(o.idp, f.SignOn)
	h.certificate(&f)
	h.places(&f)
	h.provided(&f)
	return f
}

// client is where the tile leads.
func (h *sight) client() *schema.State {
	id, _ := h.connection.Cell("idp_initiated.client").V.(string)
	for _, k := range []*schema.Kind{schema.SPAClient, schema.Client} {
		for _, s := range h.ahead.States(k) {
			if id != "" && s.ID == id {
				return s
			}
		}
	}
	return nil
}

// landing is the page on which users arrive, without its query: the
// redirect_uri of the IdP-initiated query, else the first callback.
func (h *sight) landing(client *schema.State) string {
	raw, _ := h.connection.Cell("idp_initiated.query").V.(string)
	target, ok := schema.ParseQuery(raw).Get("redirect_uri")
	if callbacks, _ := client.Cell("callbacks").V.([]any); !ok && len(callbacks) > 0 {
		target, _ = callbacks[0].(string)
	}
	u, err := url.Parse(h.ahead.Text(target))
	if err != nil || u.Host == "" {
		return ""
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// product is what the customer runs, and how that is known.
func (h *sight) product(flag, signOn string) (p saml.Product, recognized string) {
	if flag != "" {
		return saml.Product(flag), "flag"
	}
	p = saml.ProductAt(signOn)
	if text, _ := h.connection.Cell("metadata_xml").V.(string); text != "" {
		id, _ := h.connection.Cell("metadata_entity_id").V.(string)
		if doc, err := saml.ParseMetadata([]byte(text)); err == nil {
			if m, err := doc.IDP(id); err == nil {
				p = m.Product()
			}
		}
	}
	if p == saml.Generic {
		return p, ""
	}
	return p, "addresses"
}

// certificate is the one that Auth0 checks assertions with.
func (h *sight) certificate(f *handoff.Facts) {
	text := cmp.Or(h.text(f, "signing_cert"), h.text(f, "cert"))
	if text == "" {
		return
	}
	if cs, err := saml.ParseCertificates([]byte(text)); err == nil && len(cs) > 0 {
		f.Certificate = cs[0]
	}
}

// places are the hosts and organizations that the connection is used at.
func (h *sight) places(f *handoff.Facts) {
	add := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	used := false
	for _, p := range h.ahead.Paths {
		if p.Connection != h.connection {
			continue
		}
		used = true
		if p.LoginDomain != "" {
			add(&f.Hosts, h.ahead.Text(p.LoginDomain))
		}
		switch {
		case p.Organization == nil:
			add(&f.Organizations, "")
		case schema.IsPlaceholder(p.Organization.ID):
			f.Gaps = append(f.Gaps, handoff.Gap{
				What: "The id of the organization " + h.ahead.Text(p.Organization.Name()) + ", which belongs into the ACS URL",
				How:  h.onTenant("The tenant gives it"),
			})
		default:
			add(&f.Organizations, p.Organization.ID)
		}
	}
	if !used {
		f.Organizations = []string{""}
		if host := h.config.LoginDomain(); host != "" {
			f.Hosts = []string{h.ahead.Text(host)}
		}
	}
	if len(f.Hosts) == 0 {
		f.Gaps = append(f.Gaps, handoff.Gap{
			What: "The host that users log in at, and with it the ACS URL",
			How:  `Write it into the configuration, tenant { domain = "..." }, or set AUTH0_DOMAIN.`,
		})
	}
}

// onTenant says how to get at what a tenant knows.
func (h *sight) onTenant(what string) string {
	if h.offline {
		return what + ": run this with AUTH0_DOMAIN and credentials (or --sandbox), after tacit apply."
	}
	return what + " once the object exists: run tacit apply, then this again."
}

// provided is what only Auth0's side knows of itself.
func (h *sight) provided(f *handoff.Facts) {
	f.EntityID = h.text(f, "entity_id")
	domain := h.config.Domain()
	switch hidden := h.config.Object(h.connection.Addr).Want("entity_id").Sensitive; {
	case hidden, f.EntityID != "":
	case h.provider != nil && h.provider.EntityID != "":
		f.EntityID = h.provider.EntityID
	case domain != "":
		f.EntityID = schema.EntityID(h.ahead.Text(domain), f.Connection)
	default:
		f.Gaps = append(f.Gaps, handoff.Gap{
			What: "The entity ID, which holds the tenant's name",
			How:  `Write the tenant's canonical domain into the configuration, tenant { domain = "..." }, or set AUTH0_DOMAIN.`,
		})
	}
	if f.Signs == "" {
		return
	}
	if c := h.requestCertificate(); c != nil {
		f.RequestCertificate = c
	} else {
		f.Gaps = append(f.Gaps, handoff.Gap{What: "The certificate that our requests are signed with", How: h.onTenant("The tenant's metadata has it")})
	}
}

// requestCertificate is the one in the tenant's metadata, for signing.
func (h *sight) requestCertificate() *saml.Certificate {
	if h.provider == nil {
		return nil
	}
	for _, k := range h.provider.Keys {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(k.Cert), ""))
		if err != nil || k.Use == "encryption" {
			continue
		}
		if cs, err := saml.ParseCertificates(der); err == nil {
			return cs[0]
		}
	}
	return nil
}
