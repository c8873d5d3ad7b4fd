resource "auth0_connection" "umbra" {
  name     = "umbra"
  strategy = "samlp"

  options {
    sign_in_endpoint  = "https://login.umbra.example/sso"
    sign_out_endpoint = "https://login.umbra.example/slo"
    signing_cert      = file("idp/customers.pem")
    user_id_attribute = "https://schemas.umbra.example/id"

    signing_key {
      key  = var.umbra_key
      cert = "certificate"
    }

    idp_initiated {
      enabled         = true
      client_id       = auth0_client.back_office.id
      client_protocol = "samlp"
    }
  }
}

variable "umbra_key" {
  sensitive = true
}

# Not yet on the portal.
resource "auth0_connection" "vertex" {
  name     = "vertex"
  strategy = "samlp"

  options {
    metadata_url     = "https://login.vertex.example/metadata.xml"
    sign_in_endpoint = data.external.vertex.result.endpoint
    tenant_domain    = "vertex.example"

    idp_initiated {
      client_id       = auth0_client.portal.client_id
      client_protocol = "oauth2"
    }
  }
}

resource "auth0_connection_client" "vertex" {
  connection_id = auth0_connection.vertex.id
  client_id     = auth0_client.portal.id
}

resource "auth0_connection" "users" {
  name     = "Users"
  strategy = "auth0"
}

resource "auth0_connection_client" "users" {
  connection_id = auth0_connection.users.id
  client_id     = auth0_client.portal.id
}
