tenant_settings {
  friendly_name         = "Example"
  support_email         = "support@example.com"
  session_lifetime      = 8760
  idle_session_lifetime = 72
  enabled_locales       = ["en", "de"]
  flags                 = { enable_client_connections = false, enable_sso = true }

  session_cookie {
    mode = "non-persistent"
  }
}

organization "acme" {
  name         = "acme"
  display_name = "Acme Inc."
  branding = {
    colors = {
      primary         = "#f2f2f2"
      page_background = "#e1e1e1"
    }
    logo_url = "https://acme.example/logo.png"
  }
}

organization_connection "acme_customer" {
  organization               = organization.acme
  connection                 = saml_connection.customer["acme"]
  assign_membership_on_login = true
}

output "portal_client_id" {
  value = spa_client.portal.client_id
}

output "connections" {
  value = { for name, c in saml_connection.customer : name => c.id }
}
