// What a real application has built in, and what a person may try here. The
// choices are kept for the tab, because a login leads through other sites.

export const modes = {
  iframe: 'iframe: prompt=none, hidden',
  redirect: 'redirect: prompt=none, whole page',
  refresh: 'iframe first, then refresh tokens',
  'refresh-only': 'refresh tokens, no iframe',
  interactive: 'interactive: second login at the identity provider',
  landing: 'use the token of the landing',
}

const defaults = { mode: 'iframe', at: 'same-site', timeout: '10', audience: '', organization: '' }

export async function load() {
  const config = await (await fetch('/config.json')).json()
  const asked = new URLSearchParams(location.search)
  const settings = { config }
  for (const [name, value] of Object.entries(defaults)) {
    if (asked.has(name)) sessionStorage.setItem(name, asked.get(name))
    settings[name] = sessionStorage.getItem(name) ?? value
  }
  document.documentElement.dataset.settings = 'kept'
  settings.domain = settings.at === 'another-site' ? config.canonical : config.domain
  settings.audience ||= config.audience
  settings.scope = ['openid', 'profile', 'email', ...config.scopes].join(' ')
  return settings
}
