package sandbox

import (
	"crypto/sha1" //nolint:gosec // Auth0's thumbprints are SHA-1 (recorded 92 of 92)
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
)

// deriveOptions makes of sent options what Auth0 stores: verbatim, less what it consumes, plus what it derives. It runs
// on every write because PATCH replaces options as a whole (recorded, management-api.md 1).
func (s *Server) deriveOptions(strategy string, sent object, create bool) (object, error) {
	o := clone(sent)
	if strategy != "samlp" && strategy != "pingfederate" {
		if create {
			if err := s.completeOther(strategy, o); err != nil {
				return nil, err
			}
		}
		return o, otherConflicts(strategy, o)
	}
	if s.opts.StrictOptions {
		if err := s.schemas.checkAt(samlOptionsBody, "options", o); err != nil {
			return nil, err
		}
	}
	if err := s.applyMetadata(o); err != nil {
		return nil, err
	}
	if idp := child(o, "idpinitiated"); idp != nil {
		o["idpinitiated"] = completeIDPInitiated(idp)
	}
	if strategy == "pingfederate" && text(o, "signInEndpoint") == "" && text(o, "pingFederateBaseUrl") != "" {
		o["signInEndpoint"] = o["pingFederateBaseUrl"]
	}
	if create && s.since(decryptionSettings) { // recorded: added on create only, lost by a PATCH without it
		setDefault(o, "assertion_decryption_settings", object{"algorithm_profile": "v2026-1", "algorithm_exceptions": []any{}})
	}
	if err := deriveCertificate(o); err != nil {
		return nil, err
	}
	if strategy == "pingfederate" {
		delete(o, "signingCert") // consumed (recorded 40 of 40)
	}
	return o, nil
}

// completeIDPInitiated adds enabled:true when a client is named and enabled is not (recorded 40 of 40; that the client
// is the condition is inferred from tenants that hold a query alone). Nothing else is validated.
func completeIDPInitiated(idp object) object {
	if text(idp, "client_id") == "" {
		return idp
	}
	out := clone(idp)
	setDefault(out, "enabled", true)
	return out
}

// deriveCertificate adds cert, thumbprints, expires and subject. Expired certificates are accepted (recorded).
func deriveCertificate(o object) error {
	raw := text(o, "signingCert")
	if raw == "" {
		return nil
	}
	armoured, cert := readCertificate(raw)
	if cert == nil { // the text of this refusal is not recorded
		return errBody("options.signingCert must be a valid X509 certificate")
	}
	sum := sha1.Sum(cert.Raw) //nolint:gosec // see the import
	o["cert"] = armoured
	o["thumbprints"] = []any{hex.EncodeToString(sum[:])}
	o["expires"] = cert.NotAfter.UTC().Format(timestamp)
	o["subject"] = subjectNames(cert.Subject)
	return nil
}

// readCertificate accepts what recorded tenants hold: PEM, base64 of PEM, and PEM whose newlines became spaces. The text
// is the PEM as sent or decoded, untouched (recorded 92 of 92).
func readCertificate(raw string) (string, *x509.Certificate) {
	armoured := raw
	if !strings.Contains(raw, "-----BEGIN") {
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(raw), ""))
		if err != nil {
			return "", nil
		}
		armoured = string(decoded)
	}
	der := pemBytes(armoured)
	if der == nil {
		return "", nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return "", nil
	}
	return armoured, cert
}

// pemBytes is the content of the first PEM block, also when its lines were joined by spaces.
func pemBytes(armoured string) []byte {
	if block, _ := pem.Decode([]byte(armoured)); block != nil {
		return block.Bytes
	}
	_, rest, ok := strings.Cut(armoured, "-----BEGIN CERTIFICATE-----")
	body, _, closed := strings.Cut(rest, "-----END CERTIFICATE-----")
	if !ok || !closed {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body), ""))
	if err != nil {
		return nil
	}
	return der
}

// subjectNames is a certificate's subject with the long names Auth0 uses (recorded).
func subjectNames(name pkix.Name) object {
	long := map[string]string{
		"2.5.4.3": "commonName", "2.5.4.6": "countryName", "2.5.4.7": "localityName", "2.5.4.8": "stateOrProvinceName",
		"2.5.4.10": "organizationName", "2.5.4.11": "organizationalUnitName", "1.2.840.113549.1.9.1": "emailAddress",
	}
	out := object{}
	for _, attr := range name.Names {
		key, ok := long[attr.Type.String()]
		if !ok {
			key = attr.Type.String()
		}
		if v, ok := attr.Value.(string); ok {
			out[key] = v
		}
	}
	return out
}

// applyMetadata consumes metadataXml and follows metadataUrl (answered by Options.Metadata alone), and adds what Auth0
// reads there. Explicit values win over the document's: which side wins on Auth0 is not recorded.
func (s *Server) applyMetadata(o object) error {
	doc, fromURL := text(o, "metadataXml"), text(o, "metadataUrl")
	delete(o, "metadataXml") // never returned (recorded)
	if doc == "" && fromURL != "" {
		data, ok := s.opts.Metadata[fromURL]
		if !ok {
			return fail(http.StatusBadRequest, "", "the sandbox does not reach the network for options.metadataUrl %s: give it the document instead", fromURL)
		}
		doc = string(data)
	}
	if doc == "" {
		return nil
	}
	md, err := readMetadata(doc)
	if err != nil { // the text of this refusal is not recorded
		return errBody("options.metadataXml cannot be read: %v", err)
	}
	for key, v := range map[string]string{
		"signInEndpoint": md.signIn, "signOutEndpoint": md.signOut, "bindingMethod": md.binding, "signingCert": md.certificate,
	} {
		if v != "" && text(o, key) == "" {
			o[key] = v
		}
	}
	return nil
}
