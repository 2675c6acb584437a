/**
 * How long the longest reviews are that an API server sends, and what the default limit makes of them.
 *
 * etcd takes objects of up to 1.5 MiB, and an UPDATE carries two. The API server writes a quote as two bytes of JSON and
 * each of `<`, `>` and `&` as six, so that text which is short in etcd is long on the wire.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LIMITS } from '../../src/config/limits.ts';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { registerSizeMeter } from '../support/cluster/size-meter.ts';
import type { SizeMeter } from '../support/cluster/size-meter.ts';

const MIB = 1024 * 1024;
/** As long as etcd lets a Deployment's text be: its limit of 1.5 MiB counts the rest of the object and of the call. */
const TEXT_BYTES = Math.floor(1.48 * MIB);
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const BODY_BYTES_MAX = LIMITS['limits.bodyBytesMax'].default;

/** Judging megabytes takes its time on a busy machine, and how long is not the question here. */
const PATIENT = { deadlineMs: 2000 };

describe('the longest review', () => {
  let cluster: Cluster;
  let meter: SizeMeter;
  before(async () => {
    ({ cluster } = await startShopCluster({
      policies: {
        gitops_accounts: PATIENT,
        gitops_only_writes: PATIENT,
        gitops_control_plane: PATIENT,
      },
    }));
    meter = await registerSizeMeter(cluster);
  });
  after(async () => {
    await cluster?.stop();
  });

  /** Makes an object with so much text, then updates it: the answer, and the length of the review. */
  async function measureUpdate(
    name: string,
    character: string,
  ): Promise<{ answer: ApiAnswer; bytes: number }> {
    const text = character.repeat(TEXT_BYTES);
    await mustAnswer(
      cluster.request('alice', DEPLOYMENTS, { method: 'POST', body: deployment(name, text) }),
    );
    meter.takeLongest();
    const body = deployment(name, `${text.slice(1)}x`);
    const answer = await cluster.request('alice', `${DEPLOYMENTS}/${name}`, {
      method: 'PUT',
      body,
    });
    return { answer, bytes: meter.takeLongest() };
  }

  it('of plain text is as long as two objects, and is judged', async () => {
    const { answer, bytes } = await measureUpdate('plain', 'a');
    assert.deepEqual([answer.code, bytes < BODY_BYTES_MAX], [200, true], answer.body.message);
    assert.equal(isAbout(bytes, 2.98), true, `${bytes} bytes`);
  });

  it('of text that is nothing but quotes is twice as long, and is judged', async () => {
    const { answer, bytes } = await measureUpdate('quoted', '"');
    assert.deepEqual([answer.code, bytes < BODY_BYTES_MAX], [200, true], answer.body.message);
    assert.equal(isAbout(bytes, 5.94), true, `${bytes} bytes`);
  });

  it('of text that is nothing but angle brackets is six times as long, and is denied, also where a webhook fails open', async () => {
    // CREATE carries one object: 8.9 MiB are too long already, so that such an object never comes to be.
    const body = deployment('angles', '<'.repeat(TEXT_BYTES));
    const { code, body: answer } = await cluster.request('alice', DEPLOYMENTS, {
      method: 'POST',
      body,
    });
    assert.equal(code, 413);
    assert.match(
      answer.message ?? '',
      /admission webhook "drift\.holdfast\.dev" denied the request: The body is larger than limits\.bodyBytesMax \(review_too_large\)/u,
    );
  });

  it('leaves Holdfast ready for the next one', async () => {
    const { code } = await cluster.request('alice', DEPLOYMENTS, {
      method: 'POST',
      body: deployment('small', ''),
    });
    assert.equal(code, 201);
  });
});

function isAbout(bytes: number, mebibytes: number): boolean {
  return Math.abs(bytes / MIB - mebibytes) < 0.1;
}

async function mustAnswer(pending: Promise<ApiAnswer>): Promise<void> {
  const { code, body } = await pending;
  assert.equal(code < 300, true, `${code} ${body.message}`);
}

function deployment(name: string, text: string): object {
  const containers = [
    { name: 'app', image: 'registry.local/app:1', env: [{ name: 'TEXT', value: text }] },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}
