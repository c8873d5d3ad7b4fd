saml_connection "umbra" {
  name              = "umbra"
  sign_in_endpoint  = "https://login.umbra.example/sso"
  sign_out_endpoint = "https://login.umbra.example/slo"
  signing_cert      = file("idp/customers.pem")
  user_id_attribute = "https://schemas.umbra.example/id"

  idp_initiated {
    enabled         = true
    client          = client.back_office
    client_protocol = "samlp"
  }

  # options.signing_key (singles.tf:11) stays as it is on the tenant: it is a secret, and secrets are
  # not copied; to manage it, set it from a variable with sensitive = true.
}

# Not yet on the portal.
saml_connection "vertex" {
  name          = "vertex"
  tenant_domain = "vertex.example"
  clients       = [spa_client.portal]
  metadata_url  = "https://login.vertex.example/metadata.xml"

  # options.sign_in_endpoint (singles.tf:35) stays as it is on the tenant: nothing declares
  # data.external.vertex.
  # idp_initiated (singles.tf:38) stays as it is on the tenant: it does not say enabled, and without
  # that Auth0 refuses logins that start at the IdP; write the block with enabled = true or false to
  # decide.
  # idp_initiated {
  # client = spa_client.portal
  # client_protocol = "oauth2"
  # }
}
