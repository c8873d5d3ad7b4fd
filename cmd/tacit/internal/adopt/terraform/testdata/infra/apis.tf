resource "auth0_resource_server" "orders" {
  name       = "Orders API"
  identifier = "https://api.example.com/orders"

  signing_alg                                     = "RS256"
  token_lifetime                                  = 8600
  skip_consent_for_verifiable_first_party_clients = true

  lifecycle {
    ignore_changes = [scopes]
  }
}

resource "auth0_resource_server_scopes" "orders" {
  resource_server_identifier = auth0_resource_server.orders.identifier

  scopes {
    name        = "read:orders"
    description = "Read orders"
  }

  scopes {
    name        = "write:orders"
    description = "Change orders"
  }
}

resource "auth0_client_grant" "portal_orders" {
  client_id    = auth0_client.portal.id
  audience     = auth0_resource_server.orders.identifier
  scopes       = ["read:orders", "write:orders"]
  subject_type = "user"
}
