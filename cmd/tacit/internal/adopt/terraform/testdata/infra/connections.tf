locals {
  customers = {
    acme = { display_name = "Acme Inc.", domains = ["acme.example"] }
    banyan = { display_name = "Banyan Inc.", domains = ["banyan.example"] }
    cobalt = { display_name = "Cobalt Inc.", domains = ["cobalt.example"] }
    dynamo = { display_name = "Dynamo Inc.", domains = ["dynamo.example"] }
    ember = { display_name = "Ember Inc.", domains = ["ember.example"] }
    fjord = { display_name = "Fjord Inc.", domains = ["fjord.example"] }
    granite = { display_name = "Granite Inc.", domains = ["granite.example"] }
    harbor = { display_name = "Harbor Inc.", domains = ["harbor.example"] }
    indigo = { display_name = "Indigo Inc.", domains = ["indigo.example"] }
    juniper = { display_name = "Juniper Inc.", domains = ["juniper.example"] }
    kestrel = { display_name = "Kestrel Inc.", domains = ["kestrel.example"] }
    lumen = { display_name = "Lumen Inc.", domains = ["lumen.example"] }
    mosaic = { display_name = "Mosaic Inc.", domains = ["mosaic.example"] }
    nimbus = { display_name = "Nimbus Inc.", domains = ["nimbus.example"] }
    onyx = { display_name = "Onyx Inc.", domains = ["onyx.example"] }
    pine = { display_name = "Pine Inc.", domains = ["pine.example"] }
    quartz = { display_name = "Quartz Inc.", domains = ["quartz.example"] }
    raven = { display_name = "Raven Inc.", domains = ["raven.example"] }
  }
}

resource "auth0_connection" "customer" {
  for_each = local.customers

  name           = each.key
  display_name   = each.value.display_name
  strategy       = "samlp"
  show_as_button = false

  options {
    sign_in_endpoint    = "https://idp.${each.key}.example/saml/sso"
    signing_cert        = file("${path.module}/idp/customers.pem")
    domain_aliases      = each.value.domains
    sign_saml_request   = true
    signature_algorithm = "rsa-sha256"
    digest_algorithm    = "sha256"
    fields_map = jsonencode({
      "email" : ["emailaddress", "nameidentifier"]
      "family_name" : "surname"
    })
    set_user_root_attributes = "on_each_login"

    idp_initiated {
      enabled                = true
      client_id              = auth0_client.portal.id
      client_protocol        = "oauth2"
      client_authorize_query = "response_type=code&scope=openid%20profile&redirect_uri=${urlencode("${var.app_url}/start-login")}"
    }
  }
}

resource "auth0_connection_clients" "customer" {
  for_each = auth0_connection.customer

  connection_id   = each.value.id
  enabled_clients = [auth0_client.portal.id, auth0_client.back_office.id]
}
