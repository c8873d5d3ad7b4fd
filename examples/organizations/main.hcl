# Every customer is an organization: its users log in to it through its own
# connection, become members by doing so, and tokens carry its org_id.

tacit {
  workspace = "organizations"
}

tenant {
  domain       = "organizations.eu.auth0.com"
  login_domain = "login.example.com"
}

locals {
  app = "https://app.example.com"
  customers = {
    acme   = "Acme"
    globex = "Globex"
  }
}

spa_client "portal" {
  name                          = "Customer portal"
  callbacks                     = ["${local.app}/start-login"]
  allowed_logout_urls           = [local.app]
  organization_usage            = "require" # unset means deny
  organization_require_behavior = "no_prompt"
}

api "orders" {
  name       = "Orders API"
  identifier = "https://api.example.com/orders"

  scope "read:orders" {
    description = "Read orders"
  }
}

organization "customer" {
  for_each     = local.customers
  name         = each.key
  display_name = each.value
}

# for_each may follow another block: the keys are the same, each.value is the
# other block's instance.
saml_connection "customer" {
  for_each         = organization.customer
  name             = each.key
  sign_in_endpoint = "https://idp.${each.key}.example/saml/sso"
  signing_cert     = file("idp/${each.key}.pem")

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      # With its id in the landing URL the SPA knows which organization to name.
      redirect_uri = "${local.app}/start-login?connection=${each.key}&organization=${each.value.id}"
    }
  }
}

organization_connection "customer" {
  for_each                   = organization.customer
  organization               = each.value
  connection                 = saml_connection.customer[each.key]
  assign_membership_on_login = true # else only invited users get in
}

# The organization has to be named twice: in the ACS URL that the customer
# enters (&organization=org_...), and in the SPA's silent request.
# tacit:ignore TAC510 both name it by its id
silent_upgrade "orders" {
  for_each     = organization.customer
  connections  = saml_connection.customer[each.key]
  organization = each.value
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = local.app
}
