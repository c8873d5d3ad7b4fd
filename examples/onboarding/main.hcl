# A portal whose customers are lines of customers.csv. tacit onboard adds one
# from the metadata that the customer sent.

tacit {
  workspace = "onboarding"
}

tenant {
  domain       = "onboarding.eu.auth0.com"
  login_domain = "login.example.com"
}

locals {
  app       = "https://app.example.com"
  customers = { for c in csvdecode(file("customers.csv")) : c.name => c }
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = ["${local.app}/start-login"]
  allowed_logout_urls = [local.app]
}

api "orders" {
  name       = "Orders API"
  identifier = "https://api.example.com/orders"

  scope "read:orders" {
    description = "Read orders"
  }
}

saml_connection "customer" {
  for_each       = local.customers
  name           = each.key
  display_name   = each.value.display_name
  domain_aliases = split(" ", each.value.domains)
  metadata       = { idp = each.value.idp }
  metadata_xml   = file("idp/${each.key}.xml")

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${local.app}/start-login?connection=${each.key}"
    }
  }
}

silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = local.app
}
