// Which rules of tacit promise this error: those whose symptom has its code or
// its text.

const words = text => text.toLowerCase().match(/[a-z0-9_]{4,}/g) ?? []

function likeness(rule, code, description) {
  const symptom = new Set(words(rule.symptom))
  const said = words(description)
  const found = said.filter(w => symptom.has(w)).length
  const known = rule.symptom.includes(code) ? 1 : 0
  return known + (said.length ? found / said.length : 0)
}

export async function explain(code, description, mode) {
  const rules = await (await fetch('/rules.json')).json()
  return rules
    .filter(rule => !(mode in modesOfRules) || modesOfRules[mode] in rule.severity)
    .map(rule => ({ rule, score: likeness(rule, code, description) }))
    .filter(({ score }) => score >= 1)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ rule }) => rule)
}

const modesOfRules = { iframe: 'iframe', refresh: 'iframe', redirect: 'redirect', interactive: 'interactive' }

// What happened, for people who do not read OAuth errors.
export const plain = {
  login_required: 'The tenant sees no session. The browser sent no session cookie, or the tenant does not accept it.',
  consent_required: 'The tenant wants to ask the user for consent, and a silent request cannot ask.',
  interaction_required: 'The tenant wants to show the user something, and a silent request cannot show anything.',
  mfa_required: 'The tenant wants a second factor, and a silent request cannot ask for one.',
  timeout: 'The hidden iframe never answered. It most likely holds an error page, which nobody sees; the link below opens the same request where it can be read.',
  unauthorized_client: 'The application is not allowed to ask this way.',
  access_denied: 'The tenant refuses the request.',
  invalid_request: 'The tenant refuses the request.',
  missing_refresh_token: 'There is no refresh token yet: after a login that began at the identity provider the first token needs the session.',
  missing_transaction: 'The SDK did not ask for the answer that it found in the URL.',
  invalid_token: 'The API does not accept the token.',
  insufficient_scope: 'The token is genuine, and does not allow this.',
  opaque_token: 'The access token is not a JWT: no API can read it.',
}
