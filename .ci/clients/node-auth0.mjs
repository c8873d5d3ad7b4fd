// A walk through the objects with node-auth0, against the tenant that the environment names; fails by its exit code.
import assert from "node:assert/strict";
import { ManagementClient } from "auth0";

const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId, AUTH0_CLIENT_SECRET: clientSecret } = process.env;
const auth0 = new ManagementClient({ domain, clientId, clientSecret });

const all = async (page) => {
  const items = [];
  for await (const item of await page) items.push(item);
  return items;
};
const refused = (statusCode) => (error) => {
  assert.equal(error.statusCode, statusCode, error.message);
  return true;
};

const client = await auth0.clients.create({ name: "Portal", app_type: "spa", callbacks: ["https://app.example.com"] });
await auth0.clients.update(client.client_id, { description: "For customers" });
assert.equal((await auth0.clients.get(client.client_id)).app_type, "spa");
assert.equal((await all(auth0.clients.list({ is_global: false }))).length, 1);

const api = await auth0.resourceServers.create({ name: "Orders", identifier: "https://api.example.com/orders", scopes: [{ value: "read:orders" }] });
await auth0.resourceServers.update(api.id, { token_lifetime: 600 });
assert.equal((await auth0.resourceServers.get(api.id)).token_lifetime, 600);
const grant = await auth0.clientGrants.create({ client_id: client.client_id, audience: api.identifier, scope: ["read:orders"] });
assert.equal((await all(auth0.clientGrants.list({ audience: api.identifier }))).length, 1);

const connections = [];
for (const name of ["acme", "globex", "initech"]) {
  connections.push(await auth0.connections.create({ name, strategy: "samlp", options: { signInEndpoint: `https://idp.${name}.example/sso` } }));
}
const [acme] = connections;
await auth0.connections.update(acme.id, { display_name: "Acme" });
assert.equal((await auth0.connections.get(acme.id)).display_name, "Acme");
assert.deepEqual((await all(auth0.connections.list({ take: 2 }))).map((c) => c.name), ["acme", "globex", "initech"]);
await auth0.connections.clients.update(acme.id, [{ client_id: client.client_id, status: true }]);
assert.deepEqual((await all(auth0.connections.clients.get(acme.id))).map((c) => c.client_id), [client.client_id]);
await assert.rejects(auth0.connections.create({ name: "acme", strategy: "samlp" }), refused(409));

const org = await auth0.organizations.create({ name: "acme" });
await auth0.organizations.enabledConnections.add(org.id, { connection_id: acme.id, assign_membership_on_login: true });
assert.equal((await all(auth0.organizations.enabledConnections.list(org.id)))[0].connection.name, "acme");
await auth0.organizations.clientGrants.create(org.id, { grant_id: grant.id });
assert.equal((await all(auth0.organizations.clientGrants.list(org.id)))[0].id, grant.id);

await auth0.tenants.settings.update({ friendly_name: "Example Inc." });
assert.equal((await auth0.tenants.settings.get()).friendly_name, "Example Inc.");

await auth0.organizations.delete(org.id);
for (const c of connections) await auth0.connections.delete(c.id);
await auth0.resourceServers.delete(api.id);
await auth0.clients.delete(client.client_id);
await assert.rejects(auth0.clients.get(client.client_id), refused(404));
assert.equal((await all(auth0.clientGrants.list())).length, 0);
