import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Environment } from '../../../../../src/image/registry/providers/cloud-provider.ts';
import { GcpProvider } from '../../../../../src/image/registry/providers/gcp-provider.ts';
import {
  openCloudStage,
  secretsOf,
  type CloudStage,
} from '../../../../support/images/cloud-stage.ts';

async function ask({ send }: CloudStage, environment: Environment = {}) {
  return await new GcpProvider({ environment, send }).ask();
}

async function askForReason(stage: CloudStage, environment?: Environment) {
  const reading = await ask(stage, environment);
  if (reading.status === 'read') return reading.status;
  assert.equal(reading.status, 'unavailable');
  for (const secret of secretsOf(stage)) assert.ok(!reading.reason.includes(secret));
  return reading.reason.replace('The provider gcp has no credential: ', '');
}

describe('GcpProvider', () => {
  it('shares its token among all registries', () => {
    const scopeOf = (host: string) => GcpProvider.prototype.scopeOf(host);
    assert.equal(scopeOf('eu.gcr.io'), 'gcp');
    assert.equal(scopeOf('europe-west1-docker.pkg.dev'), 'gcp');
    assert.equal(scopeOf('gcr.io.evil.example'), undefined);
  });

  it('asks the metadata server by its address, or where the environment names it', async (t) => {
    const stage = await openCloudStage(t);
    const token = {
      status: 'read',
      value: {
        kind: 'password',
        username: 'oauth2accesstoken',
        password: stage.cloud.identity.googleToken,
      },
      lifeMs: 3_599_000,
    };
    assert.deepEqual(await ask(stage), token);
    assert.deepEqual(await ask(stage, { GCE_METADATA_HOST: '' }), token);
    assert.deepEqual(await ask(stage, { GCE_METADATA_HOST: '[fd20:ce::254]:8080' }), token);
    const path = '/computeMetadata/v1/instance/service-accounts/default/token';
    assert.deepEqual(stage.cloud.places(), [
      `GET http://169.254.169.254${path}`,
      `GET http://169.254.169.254${path}`,
      `GET http://[fd20:ce::254]:8080${path}`,
    ]);
  });

  it('asks no place that is none', async (t) => {
    const stage = await openCloudStage(t);
    for (const GCE_METADATA_HOST of ['a b', 'evil.example/#', 'user@evil.example', 'x:99999']) {
      assert.equal(
        await askForReason(stage, { GCE_METADATA_HOST }),
        'GCE_METADATA_HOST names no host; correct it to HOST or HOST:PORT, or leave it out',
      );
    }
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('takes no token from what is no metadata server of Google', async (t) => {
    const body = JSON.stringify({ access_token: 'token', expires_in: 3600 });
    const stage = await openCloudStage(t, { intercept: () => ({ status: 200, body }) });
    assert.equal(
      await askForReason(stage),
      "what answers as the metadata server (169.254.169.254) is not Google's; use the provider gcp on Google Cloud alone",
    );
  });

  it('names the remedy where there is no identity, no server or no token', async (t) => {
    const headers = { 'metadata-flavor': 'Google' };
    const answers = [
      [
        { status: 404, headers, body: 'secret' },
        "answers with status 404; let Holdfast's service account use an identity of Google Cloud (Workload Identity Federation for GKE)",
      ],
      [{ status: 503, headers, body: '' }, 'answers with status 503; it is asked again'],
      [{ status: 200, headers, body: '{}' }, 'answers with something else than was asked for'],
      [
        { status: 200, headers, body: '{"access_token":"a b","expires_in":1}' },
        'answers with something else than was asked for',
      ],
    ] as const;
    for (const [answer, reason] of answers) {
      const stage = await openCloudStage(t, { intercept: () => answer });
      const found = await askForReason(stage);
      assert.ok(found.startsWith(`the metadata server (169.254.169.254) ${reason}`), found);
    }
  });

  it('says that nobody answers', async (t) => {
    const stage = await openCloudStage(t);
    const send = () =>
      Promise.resolve({ status: 'timed-out', reason: 'There was no answer' } as const);
    assert.equal(
      await askForReason({ ...stage, send }),
      "the metadata server (169.254.169.254): There was no answer; it is asked again; let a network policy allow Holdfast's pods to reach it, on the ports 80 and 988",
    );
  });
});
