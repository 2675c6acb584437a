import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCloudSender } from '../../../src/image/registry/providers/cloud-sender.ts';
import { formatSignedHeaders } from '../../../src/image/registry/providers/format-aws-signature.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import { FakeCloud } from './fake-cloud.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function start(t: ClosingHooks) {
  const cloud = await FakeCloud.start(t, { wallMs: () => NOW_MS });
  const send = createCloudSender({
    signal: new AbortController().signal,
    agentFor: cloud.agentFor,
  });
  const ask = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    fields?: Readonly<Record<string, string>> | string,
  ) => {
    const body = typeof fields === 'object' ? new URLSearchParams(fields).toString() : fields;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await send({ url: new URL(url), method, headers, body });
    assert.ok(answer.status === 'answered');
    const code = /"(?:Code|__type|code)":"([^"]+)"|AADSTS\d+/u.exec(answer.text);
    return answer.httpStatus === 200 ? 200 : `${answer.httpStatus} ${code?.[1] ?? code?.[0] ?? ''}`;
  };
  return { cloud, ask };
}

test('the fake AWS STS gives a session for its web identity and role alone', async (t) => {
  const { cloud, ask } = await start(t);
  const url = 'https://sts.eu-west-1.amazonaws.com/';
  const fields = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: cloud.identity.role,
    RoleSessionName: 'holdfast',
    WebIdentityToken: cloud.identity.serviceAccountToken,
  };
  assert.equal(await ask(url, FORM, fields), 200);
  assert.equal(await ask(url, FORM), '400 InvalidAction');
  assert.equal(await ask(url, {}, fields), '400 InvalidAction');
  assert.equal(await ask(url, { ...FORM, accept: '*/*' }, fields), '400 InvalidAction');
  assert.equal(
    await ask(url, FORM, { ...fields, Action: 'GetCallerIdentity' }),
    '400 InvalidAction',
  );
  assert.equal(await ask(url, FORM, { ...fields, RoleSessionName: '' }), '400 ValidationError');
  assert.equal(
    await ask(url, FORM, { ...fields, WebIdentityToken: 'x' }),
    '400 InvalidIdentityToken',
  );
  assert.equal(await ask(url, FORM, { ...fields, RoleArn: 'x' }), '403 AccessDenied');
});

test('the fake ECR takes a whole and fresh signature of a known key, for its region alone', async (t) => {
  const { cloud, ask } = await start(t);
  const host = 'api.ecr.eu-west-1.amazonaws.com';
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
  };
  const { keys, session } = cloud.identity;
  const credentials = { accessKeyId: keys.id, secretAccessKey: keys.secret };
  const scope = { credentials, region: 'eu-west-1', service: 'ecr', wallMs: NOW_MS };
  const sign = (changed: object = {}, own: Readonly<Record<string, string>> = headers) =>
    formatSignedHeaders(
      { method: 'POST', host, headers: own, body: '{}' },
      { ...scope, ...changed },
    );
  const url = `https://${host}/`;
  assert.equal(await ask(url, sign(), '{}'), 200);
  const invalid = '400 InvalidSignatureException';
  assert.equal(await ask(url, sign({ wallMs: NOW_MS + 300_001 }), '{}'), invalid);
  assert.equal(await ask(url, sign({ region: 'us-east-1' }), '{}'), invalid);
  assert.equal(await ask(url, { ...sign({}, {}), ...headers }, '{}'), invalid);
  const wrong = { ...credentials, secretAccessKey: 'wrong' };
  assert.equal(await ask(url, sign({ credentials: wrong }), '{}'), invalid);
  const unknown = '400 UnrecognizedClientException';
  assert.equal(await ask(url, headers, '{}'), unknown);
  const half = { accessKeyId: session.id, secretAccessKey: session.secret };
  assert.equal(await ask(url, sign({ credentials: half }), '{}'), unknown);
  const whole = { ...half, sessionToken: session.token };
  assert.equal(await ask(url, sign({ credentials: whole }), '{}'), 200);
  assert.equal(await ask(url, sign(), '{"registryIds":[]}'), '400 SerializationException');
  assert.equal(
    await ask(url, sign({}, { ...headers, 'content-type': 'text/plain' }), '{}'),
    '400 UnknownOperationException',
  );
});

test('the fake agent of EKS Pod Identity and the fake metadata server know their callers', async (t) => {
  const { cloud, ask } = await start(t);
  const agent = 'http://169.254.170.23/v1/credentials';
  assert.equal(await ask(agent, { authorization: cloud.identity.serviceAccountToken }), 200);
  assert.equal(await ask(agent, {}), '400 ');
  assert.equal(await ask('http://169.254.170.23/', {}), '404 ');
  const token = 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token';
  assert.equal(await ask(token, { 'metadata-flavor': 'Google' }), 200);
  assert.equal(await ask(token, {}), '403 ');
  assert.equal(await ask(`${token}s`, { 'metadata-flavor': 'Google' }), '404 ');
});

test('the fake Entra and the fake registry of Azure give tokens for each other alone', async (t) => {
  const { cloud, ask } = await start(t);
  const { tenant, client, serviceAccountToken, entraToken } = cloud.identity;
  const login = 'https://login.microsoftonline.com';
  const url = `${login}/${tenant}/oauth2/v2.0/token`;
  const fields = {
    grant_type: 'client_credentials',
    client_id: client,
    scope: 'https://containerregistry.azure.net/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: serviceAccountToken,
  };
  assert.equal(await ask(url, FORM, fields), 200);
  assert.equal(await ask(url, {}, fields), '400 AADSTS900144');
  assert.equal(await ask(`${login}/x/oauth2/v2.0/token`, FORM, fields), '400 AADSTS90002');
  for (const [name, code] of [
    ['grant_type', '400 AADSTS70003'],
    ['client_assertion_type', '400 AADSTS70003'],
    ['scope', '400 AADSTS70011'],
    ['client_id', '400 AADSTS700016'],
    ['client_assertion', '401 AADSTS700213'],
  ] as const) {
    assert.equal(await ask(url, FORM, { ...fields, [name]: 'x' }), code, name);
  }
  const exchange = 'https://myshop.azurecr.io/oauth2/exchange';
  const asked = {
    grant_type: 'access_token',
    service: 'myshop.azurecr.io',
    tenant,
    access_token: entraToken,
  };
  assert.equal(await ask(exchange, FORM, asked), 200);
  assert.equal(await ask(exchange, {}, asked), '400 BAD_REQUEST');
  assert.equal(await ask('https://myshop.azurecr.io/v2/', FORM, asked), '404 NOT_FOUND');
  for (const [name, code] of [
    ['grant_type', '400 BAD_REQUEST'],
    ['service', '400 BAD_REQUEST'],
    ['tenant', '401 UNAUTHORIZED'],
    ['access_token', '401 UNAUTHORIZED'],
  ] as const) {
    assert.equal(await ask(exchange, FORM, { ...asked, [name]: 'x' }), code, name);
  }
  const other = 'https://other.azurecr.io/oauth2/exchange';
  const forOther = { ...asked, service: 'other.azurecr.io' };
  assert.equal(await ask(other, FORM, forOther), '401 UNAUTHORIZED');
});
