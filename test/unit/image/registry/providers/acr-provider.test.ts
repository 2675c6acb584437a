import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rejectImage } from '../../../../../src/image/image-failure.ts';
import { AcrProvider } from '../../../../../src/image/registry/providers/acr-provider.ts';
import type { Environment } from '../../../../../src/image/registry/providers/cloud-provider.ts';
import {
  openCloudStage,
  secretsOf,
  type CloudStage,
} from '../../../../support/images/cloud-stage.ts';

const REGISTRY = 'myshop.azurecr.io';

function createProvider({ send, clock, cloud }: CloudStage, environment: Environment) {
  return new AcrProvider({ environment, send, clock, transport: cloud.transport });
}

async function askForReason(stage: CloudStage, environment: Environment, registry = REGISTRY) {
  const reading = await createProvider(stage, environment).ask(registry);
  if (reading.status === 'read') return reading.status;
  assert.equal(reading.status, 'unavailable');
  for (const secret of secretsOf(stage)) assert.ok(!reading.reason.includes(secret));
  return reading.reason.replace('The provider acr has no credential: ', '');
}

describe('AcrProvider', () => {
  it('has a credential for each registry', () => {
    const scopeOf = (host: string) => AcrProvider.prototype.scopeOf(host);
    assert.equal(scopeOf(REGISTRY), REGISTRY);
    assert.equal(scopeOf('mcr.microsoft.com'), undefined);
    assert.equal(scopeOf(`${REGISTRY}.evil.example`), undefined);
  });

  it('exchanges the token of the service account at Entra, and that at the registry', async (t) => {
    const stage = await openCloudStage(t);
    const { cloud, workloadIdentity } = stage;
    assert.deepEqual(await createProvider(stage, workloadIdentity).ask(REGISTRY), {
      status: 'read',
      value: {
        kind: 'password',
        username: '00000000-0000-0000-0000-000000000000',
        password: cloud.refreshTokenOf(REGISTRY),
      },
      lifeMs: 3_600_000,
    });
    const { tenant } = cloud.identity;
    assert.deepEqual(cloud.places(), [
      `POST https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
      `POST https://${REGISTRY}/oauth2/exchange`,
    ]);
  });

  it('asks the Entra that the environment names', async (t) => {
    const stage = await openCloudStage(t);
    const { cloud, workloadIdentity } = stage;
    const AZURE_AUTHORITY_HOST = 'https://login.chinacloudapi.cn/';
    const environment = { ...workloadIdentity, AZURE_AUTHORITY_HOST };
    const reading = await createProvider(stage, environment).ask('myshop.azurecr.cn');
    assert.equal(reading.status, 'read');
    assert.deepEqual(
      cloud.requests.map(({ host }) => host),
      ['login.chinacloudapi.cn', 'myshop.azurecr.cn'],
    );
  });

  it('sends nothing to the operator of another national cloud', async (t) => {
    const stage = await openCloudStage(t);
    const { workloadIdentity } = stage;
    const reason =
      'the registry is in another national cloud of Azure than AZURE_AUTHORITY_HOST; read it with a pull secret';
    assert.equal(await askForReason(stage, workloadIdentity, 'myshop.azurecr.cn'), reason);
    const AZURE_AUTHORITY_HOST = 'https://login.microsoftonline.us/';
    assert.equal(await askForReason(stage, { ...workloadIdentity, AZURE_AUTHORITY_HOST }), reason);
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('asks Entra once for all registries, until the token ends', async (t) => {
    const stage = await openCloudStage(t, { lifeSeconds: 600 });
    const provider = createProvider(stage, stage.workloadIdentity);
    const countEntra = () =>
      stage.cloud.requests.filter(({ host }) => host.startsWith('login.')).length;
    const answers = await Promise.all([provider.ask(REGISTRY), provider.ask('other.azurecr.io')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['read', 'unavailable'],
    );
    assert.equal(countEntra(), 1);
    await stage.time.pass(540_000);
    await provider.ask(REGISTRY);
    assert.equal(countEntra(), 2);
  });

  it('names the place and the remedy where it is refused', async (t) => {
    const stage = await openCloudStage(t);
    const { workloadIdentity, otherFile, absentFile } = stage;
    assert.equal(
      await askForReason(stage, workloadIdentity, 'other.azurecr.io'),
      'other.azurecr.io answers with UNAUTHORIZED (status 401); give Holdfast\'s identity the role AcrPull on other.azurecr.io, or name the registries that are yours in "registries" of the provider: others are then asked anonymously',
    );
    assert.equal(
      await askForReason(stage, { ...workloadIdentity, AZURE_FEDERATED_TOKEN_FILE: otherFile }),
      'login.microsoftonline.com answers with AADSTS700213 (status 401); add a federated credential for the service account of Holdfast to the identity in AZURE_CLIENT_ID',
    );
    assert.equal(
      await askForReason(stage, { ...workloadIdentity, AZURE_FEDERATED_TOKEN_FILE: absentFile }),
      "the file of AZURE_FEDERATED_TOKEN_FILE cannot be read: there is no such file; look at the projected token volume of Holdfast's pods",
    );
    assert.match(
      await askForReason(stage, workloadIdentity, 'mcr.microsoft.com'),
      /^the registry is none of Azure;/u,
    );
  });

  it('asks nobody without an identity, or for one that is malformed', async (t) => {
    const stage = await openCloudStage(t);
    const { workloadIdentity } = stage;
    for (const name of ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE']) {
      assert.match(
        await askForReason(stage, { ...workloadIdentity, [name]: undefined }),
        /^the environment names no workload identity of Microsoft Entra;/u,
      );
    }
    for (const [name, value] of [
      ['AZURE_TENANT_ID', '../evil'],
      ['AZURE_CLIENT_ID', 'a b'],
      ['AZURE_TENANT_ID', '..'],
    ] as const) {
      assert.match(
        await askForReason(stage, { ...workloadIdentity, [name]: value }),
        /^AZURE_CLIENT_ID or AZURE_TENANT_ID is malformed;/u,
      );
    }
    for (const host of [
      'http://login.microsoftonline.com/',
      'https://login.microsoftonline.com/path/',
      'https://user@login.microsoftonline.com/',
      'no address',
    ]) {
      assert.match(
        await askForReason(stage, { ...workloadIdentity, AZURE_AUTHORITY_HOST: host }),
        /^AZURE_AUTHORITY_HOST is no https address of a server;/u,
      );
    }
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('keeps a registry to the rules of registries', async (t) => {
    const stage = await openCloudStage(t);
    const { send, clock, workloadIdentity } = stage;
    const refusal = rejectImage('image_registry_refused', 'The host has a private address');
    const transport = { send: () => Promise.resolve(refusal) };
    const provider = new AcrProvider({ environment: workloadIdentity, send, clock, transport });
    assert.deepEqual(await provider.ask(REGISTRY), refusal);
  });

  it('is asked again where Entra or the registry fails for the moment', async (t) => {
    for (const [status, part] of [
      [500, 'login.'],
      [429, 'login.'],
      [503, 'myshop.'],
    ] as const) {
      const stage = await openCloudStage(t, {
        intercept: ({ host }) => (host.startsWith(part) ? { status, body: '' } : undefined),
      });
      assert.match(await askForReason(stage, stage.workloadIdentity), /; it is asked again$/u);
    }
  });

  it('reads from a token when it ends, and keeps one that does not say so for five minutes', async (t) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const lives: readonly (readonly [string, number])[] = [
      [`h.${part({ exp: Date.UTC(2026, 0, 5, 11) / 1000 })}.s`, -3_600_000],
      [`h.${part({})}.s`, 300_000],
      [`h.${part('text')}.s`, 300_000],
      ['h.!!.s', 300_000],
      ['opaque', 300_000],
    ];
    for (const [refresh_token, lifeMs] of lives) {
      const stage = await openCloudStage(t, {
        intercept: ({ path }) =>
          path === '/oauth2/exchange'
            ? { status: 200, body: JSON.stringify({ refresh_token }) }
            : undefined,
      });
      const reading = await createProvider(stage, stage.workloadIdentity).ask(REGISTRY);
      assert.equal(reading.status === 'read' && reading.lifeMs, lifeMs);
    }
  });
});
