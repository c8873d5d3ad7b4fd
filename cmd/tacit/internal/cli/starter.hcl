# tacit reads every *.hcl file of this directory. Next:
#   tacit validate            checks the files alone
#   tacit plan --sandbox      shows the changes on a local tenant, no account needed
#   tacit plan                shows them on the tenant of AUTH0_DOMAIN

tacit {
  workspace = "production" # part of the mark on objects that tacit creates
}

variable "app" {
  type        = string
  default     = "https://app.example.com"
  description = "Where the single-page app is served."
}

spa_client "app" {
  name      = "My app"
  callbacks = ["${var.app}/start-login"]
}

api "backend" {
  name       = "My API"
  identifier = "https://api.example.com"

  scope "read:things" {
    description = "Read things"
  }
}

# Copy this block for each customer, or use for_each over a map or a CSV file.
saml_connection "first_customer" {
  name             = "first-customer"
  display_name     = "First Customer"
  sign_in_endpoint = "https://idp.customer.example/sso"
  signing_cert     = file("idp/first-customer.pem")

  idp_initiated {
    enabled         = true
    client          = spa_client.app
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${var.app}/start-login?connection=first-customer"
    }
  }
}

# Who lands in the app gets a token for the API.
silent_upgrade "backend" {
  connections  = saml_connection.first_customer
  client       = spa_client.app
  api          = api.backend
  scopes       = ["read:things"]
  redirect_uri = var.app

  # A hidden iframe (the default) needs a custom domain on the app's own site,
  # named as login_domain in a tenant block: tacit explain TAC502.
  via = "redirect"
}
