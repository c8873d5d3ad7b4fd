// What kind of token this is, as far as somebody without its key can say.

const signed = /^(RS|PS|ES|HS)\d{3}$/

function json(part) {
  const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

export function inspect(token) {
  const parts = token.split('.')
  try {
    const header = json(parts[0])
    if (parts.length === 3 && signed.test(header.alg)) {
      return { jwt: true, kind: `JWT, signed with ${header.alg}`, claims: json(parts[1]) }
    }
    if (parts.length === 5) {
      return { jwt: false, kind: `opaque: encrypted (${header.enc}) for Auth0 itself, five parts` }
    }
  } catch { /* not encoded JSON: opaque */ }
  return { jwt: false, kind: `opaque: ${token.length} characters, ${parts.length} part(s)` }
}

const times = ['iat', 'exp', 'auth_time', 'nbf']
const order = ['iss', 'sub', 'aud', 'scope', 'permissions', 'azp', 'client_id', 'org_id', 'iat', 'exp']

// Claims in the order in which people look for them, times as times.
export function readable(claims) {
  const rank = name => (order.indexOf(name) + order.length + 1) % (order.length + 1)
  return Object.keys(claims).sort((a, b) => rank(a) - rank(b)).map(name => {
    const value = claims[name]
    if (times.includes(name)) return [name, `${new Date(value * 1000).toISOString()} (${value})`]
    return [name, Array.isArray(value) ? value.join('\n') : typeof value === 'object' ? JSON.stringify(value) : String(value)]
  })
}
