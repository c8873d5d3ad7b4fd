# Terraform manages this tenant and goes on doing so. tacit looks at it and says
# whether the logins work: every object is existing, so nothing is ever written.

tenant {
  domain       = "beside-terraform.eu.auth0.com"
  login_domain = "login.example.com"
}

# What a block says about an existing object is checked. Say what identifies it
# and nothing else, or two tools hold the truth.
spa_client "portal" { # auth0_client.portal
  existing = true
  name     = "Customer portal"
}

api "orders" { # auth0_resource_server.orders
  existing   = true
  identifier = "https://api.example.com/orders"
}

saml_connection "customer" { # auth0_connection.customer
  for_each = toset(["acme", "globex"])
  existing = true
  name     = each.key
}

silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = "https://app.example.com"
}
