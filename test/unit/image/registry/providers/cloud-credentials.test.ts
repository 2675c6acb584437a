import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AcrProvider } from '../../../../../src/image/registry/providers/acr-provider.ts';
import {
  CloudCredentials,
  type AskedCredential,
} from '../../../../../src/image/registry/providers/cloud-credentials.ts';
import type { CloudProviderName } from '../../../../../src/image/registry/providers/cloud-provider.ts';
import { EcrProvider } from '../../../../../src/image/registry/providers/ecr-provider.ts';
import { GcpProvider } from '../../../../../src/image/registry/providers/gcp-provider.ts';
import { openCloudStage, type CloudStage } from '../../../../support/images/cloud-stage.ts';

const ECR = '999999999999.dkr.ecr.eu-west-1.amazonaws.com';
const ACR = 'myshop.azurecr.io';
const GCP = 'europe-west1-docker.pkg.dev';

interface Enabled {
  readonly provider: CloudProviderName;
  readonly registries?: readonly string[];
}

function open(stage: CloudStage, enabled: readonly Enabled[]) {
  const { send, clock, cloud } = stage;
  const environment = { ...stage.webIdentity, ...stage.workloadIdentity };
  const all = {
    ecr: new EcrProvider({ environment, send, clock }),
    acr: new AcrProvider({ environment, send, clock, transport: cloud.transport }),
    gcp: new GcpProvider({ environment, send }),
  };
  const asked: AskedCredential[] = [];
  const credentials = new CloudCredentials({
    providers: enabled.map(({ provider, registries }) => ({ provider: all[provider], registries })),
    clock,
    observe: (one) => asked.push(one),
  });
  const find = async (registry: string) => {
    const found = await credentials.find(registry);
    return found?.status === 'found' ? `${found.provider} ${found.credential.username}` : found;
  };
  return { credentials, find, asked };
}

const ALL: readonly Enabled[] = [{ provider: 'ecr' }, { provider: 'acr' }, { provider: 'gcp' }];

describe('CloudCredentials', () => {
  it('picks the provider by the host, as a whole', async (t) => {
    const stage = await openCloudStage(t);
    const { find } = open(stage, ALL);
    assert.equal(await find(ECR), 'ecr AWS');
    assert.equal(await find(ACR), 'acr 00000000-0000-0000-0000-000000000000');
    assert.equal(await find(GCP), 'gcp oauth2accesstoken');
    const sent = stage.cloud.requests.length;
    for (const other of ['docker.io', 'ghcr.io', 'public.ecr.aws', `${ECR}:443`, `${GCP}.evil`]) {
      assert.equal(await find(other), undefined, other);
    }
    assert.equal(stage.cloud.requests.length, sent);
  });

  it('asks nobody for a cloud that is not enabled', async (t) => {
    const stage = await openCloudStage(t);
    const none = open(stage, []);
    for (const host of [ECR, ACR, GCP]) assert.equal(await none.find(host), undefined);
    const { find } = open(stage, [{ provider: 'acr', registries: ['other.azurecr.io'] }]);
    for (const host of [ECR, ACR, GCP]) assert.equal(await find(host), undefined);
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('asks once for a region, and again when the credential ends', async (t) => {
    const stage = await openCloudStage(t);
    const { credentials, asked } = open(stage, ALL);
    const other = ECR.replace(/^9+/u, '111111111111');
    const [one, same] = await Promise.all([credentials.find(ECR), credentials.find(other)]);
    assert.deepEqual(one, same);
    assert.equal(one?.status === 'found' && one.endsAtMs, 3_540_000);
    await stage.time.pass(3_540_000);
    await credentials.find(ECR);
    const given = { provider: 'ecr', outcome: 'given' };
    assert.deepEqual(asked, [given, given]);
  });

  it('shares a failure for some time, and counts it once', async (t) => {
    const stage = await openCloudStage(t, { intercept: () => ({ status: 503, body: '' }) });
    const { find, asked } = open(stage, ALL);
    const first = await find(GCP);
    assert.ok(typeof first === 'object' && first.status === 'unavailable');
    assert.deepEqual(await find('gcr.io'), first);
    assert.deepEqual(asked, [{ provider: 'gcp', outcome: 'failed' }]);
    await stage.time.pass(10_000);
    await find('gcr.io');
    assert.equal(asked.length, 2);
  });

  it('keeps the failure of one cloud, region or registry from the others', async (t) => {
    const stage = await openCloudStage(t, {
      intercept: ({ host }) =>
        host === 'api.ecr.us-east-1.amazonaws.com' ? { status: 500, body: '' } : undefined,
    });
    const { find } = open(stage, ALL);
    const failed = async (host: string) => typeof (await find(host)) === 'object';
    assert.equal(await failed(ECR.replace('eu-west-1', 'us-east-1')), true);
    assert.equal(await failed('other.azurecr.io'), true);
    assert.equal(await find(ECR), 'ecr AWS');
    assert.equal(await find(ACR), 'acr 00000000-0000-0000-0000-000000000000');
    assert.equal(await find(GCP), 'gcp oauth2accesstoken');
  });
});
