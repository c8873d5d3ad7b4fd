# Where the portal runs.
variable "app_url" {
  type    = string
  default = "https://app.example.com"

  validation {
    condition     = startswith(var.app_url, "https://")
    error_message = "The portal speaks https."
  }
}
