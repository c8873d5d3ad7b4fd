package rules

// connectionRows says which rules judge the prerequisites of the connection, or
// why none does.
func connectionRows() map[string]string {
	return map[string]string{
		"conn-strategy":                  "the kind: saml_connection stands for the strategy samlp, and no other connection is bound to it",
		"conn-name-immutable":            "the schema: a plan that would rename a connection is refused",
		"conn-idpinit-enabled":           "TAC102",
		"conn-idpinit-client-id":         "TAC103",
		"conn-idpinit-protocol":          "TAC104",
		"conn-query-params":              "TAC105",
		"conn-query-length":              "TAC109",
		"conn-query-encoding":            "TAC110",
		"conn-query-redirect":            "TAC108 TAC201",
		"conn-query-response-type":       "TAC106",
		"conn-query-response-type-grant": "TAC204 TAC205",
		"conn-query-scope":               "TAC107",
		"conn-query-localhost":           "TAC111",
		"conn-query-startlogin":          "TAC112 TAC201",
		"conn-client-enabled":            "TAC101",
		"conn-client-enabled-paging":     "tacit's own reading (apply/mgmt), not a property of a tenant",
		"conn-list-paging":               "tacit's own reading (apply/mgmt), not a property of a tenant",
		"conn-signin-endpoint":           "TAC113 TAC114",
		"conn-signing-cert":              "TAC115 TAC116 TAC119 TAC120 TAC121 TAC129",
		"conn-cert-expiry":               "TAC117 TAC118",
		"conn-entity-id":                 "TAC122 TAC135",
		"conn-recipient-destination":     "TAC123",
		"conn-assertion-signed":          "TAC130",
		"conn-clock":                     "TAC131",
		"conn-single-assertion":          "TAC132",
		"conn-assertion-decryption":      "TAC124 TAC133",
		"conn-user-id":                   "TAC125 TAC134",
		"conn-acs-url":                   "TAC126",
		"conn-relaystate":                "TAC127",
		"conn-csrf":                      "TAC128",
		"conn-show-as-button":            "no effect on the silent upgrade",
	}
}
