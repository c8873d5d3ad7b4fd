# One configuration, three tenants: what differs stands in tenants/*.hcl, and
# everything else is the same everywhere because it is written once.

tacit {
  # The mark stands on the objects of each tenant, so one name does for all.
  workspace = "portal"
}

variable "domain" {
  type        = string
  description = "The tenant. No default: nobody gets production by leaving it out."
}

variable "login_domain" {
  type        = string
  description = "The host that the SPA and the identity providers use."
}

variable "app" {
  type        = string
  description = "Where the single-page app is served."
}

variable "customers" {
  type = map(object({
    display_name = string
    sso_url      = string
    domains      = list(string)
  }))
  description = "The customers that log in on this tenant."
}

variable "token_lifetime" {
  type    = number
  default = 86400
}

tenant {
  domain       = var.domain
  login_domain = var.login_domain
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = ["${var.app}/start-login"]
  allowed_logout_urls = [var.app]
}

# An identifier is a name and no address: the same everywhere.
api "orders" {
  name           = "Orders API"
  identifier     = "https://api.example.com/orders"
  token_lifetime = var.token_lifetime

  scope "read:orders" {
    description = "Read orders"
  }
}

saml_connection "customer" {
  for_each         = var.customers
  name             = each.key
  display_name     = each.value.display_name
  sign_in_endpoint = each.value.sso_url
  signing_cert     = file("idp/${each.key}.pem")
  domain_aliases   = each.value.domains

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

silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = var.app
}
