# A dozen customers with as many kinds of identity provider. A new one is a line
# in customers.csv and the metadata document that the customer sent.

tacit {
  workspace = "many-customers"
}

tenant {
  domain       = "many-customers.eu.auth0.com"
  login_domain = local.login_domain
}

variable "app" {
  type        = string
  default     = "https://app.example.com"
  description = "Where the single-page app is served."

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.app))
    error_message = "Give an https origin without a path or a final slash."
  }
}

locals {
  login_domain = "login.example.com"
  customers    = { for c in csvdecode(file("customers.csv")) : c.name => c }
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = ["${var.app}/start-login"]
  allowed_logout_urls = [var.app]
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

  # tacit reads end points and certificate here and sends those; Auth0 fetches
  # nothing. A federation's document holds several identity providers: the CSV
  # says which one. null leaves an attribute out.
  metadata_xml       = file("idp/${each.key}.xml")
  metadata_entity_id = each.value.entity_id == "" ? null : each.value.entity_id

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${var.app}/start-login?connection=${each.key}"
    }
  }
}

# One block, a path per customer.
silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = var.app
}

# What each customer's administrator has to enter: `tacit output acs_urls`.
output "acs_urls" {
  value = {
    for name in keys(local.customers) : name => "https://${local.login_domain}/login/callback?connection=${name}"
  }
}
