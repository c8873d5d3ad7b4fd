// The portal with auth0-js.

import { load } from './settings.js'
import { Portal } from './portal.js'

const settings = await load()
const portal = new Portal(settings, { page: '/auth0-js', modes: ['iframe'] })

const web = new auth0.WebAuth({
  domain: settings.domain,
  clientID: settings.config.client_id,
  audience: settings.audience,
  scope: settings.scope,
  responseType: 'token id_token',
  redirectUri: location.origin,
})

const query = new URLSearchParams(location.search)
if (query.has('connection') || location.hash) portal.show(async () => { portal.landed(); await ask() })
else if (query.has('ask')) portal.show(ask)

async function ask() {
  const answer = await new Promise((resolve, reject) =>
    web.checkSession({ ...settings.organization && { organization: settings.organization }, timeout: Number(settings.timeout) * 1000 }, (error, result) => error ? reject(error) : resolve(result)))
  return portal.present(answer.accessToken, 'Asked silently')
}
