api "orders" {
  scopes_exact                                    = true
  name                                            = "Orders API"
  identifier                                      = "https://api.example.com/orders"
  signing_alg                                     = "RS256"
  token_lifetime                                  = 8600
  skip_consent_for_verifiable_first_party_clients = true

  scope "read:orders" {
    description = "Read orders"
  }

  scope "write:orders" {
    description = "Change orders"
  }
}

client_grant "portal_orders" {
  client       = spa_client.portal
  audience     = api.orders.identifier
  subject_type = "user"
  scope        = ["read:orders", "write:orders"]
}
