/** The certificate is replaced while the API server keeps asking: no request is lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { once } from 'node:events';
import type { Cluster } from '../support/cluster/cluster.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** Writers at once, each with one request after the other. */
const WRITERS = 4;

describe('certificate rotation', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;
  before(async () => {
    ({ cluster, holdfast } = await startShopCluster());
  });
  after(async () => {
    await cluster?.stop();
  });

  it('loses no request and no refusal while the certificate is replaced twice', async () => {
    const traffic = startTraffic(cluster);
    const certificates = [await readFingerprint(holdfast.url)];
    for (const dnsName of ['first.test', 'second.test']) {
      // Another name makes another certificate of the same authority, as a renewal does.
      await holdfast.run(['certs', '--out', 'certs', '--ip', '127.0.0.1', '--dns', dnsName]);
      const previous = certificates.at(-1);
      const next = await waitFor('the new certificate is shown', async () => {
        const found = await readFingerprint(holdfast.url);
        return found === previous ? undefined : found;
      });
      certificates.push(next);
    }
    const { answers, unexpected } = await traffic.stop();
    assert.equal(new Set(certificates).size, 3);
    assert.deepEqual(unexpected, []);
    assert.equal(answers > 50, true, `only ${answers} requests`);
  });
});

interface Traffic {
  readonly stop: () => Promise<{
    readonly answers: number;
    readonly unexpected: readonly string[];
  }>;
}

/** Changes of a managed object, which must be refused, and of another one, which must pass. */
function startTraffic(cluster: Cluster): Traffic {
  let stopped = false;
  let answers = 0;
  const unexpected: string[] = [];
  const maps = '/api/v1/namespaces/shop/configmaps';
  const writers = Array.from({ length: WRITERS }, async () => {
    for (let round = 0; !stopped; round += 1) {
      const body = { data: { greeting: `round ${round}` } };
      const refused = await cluster.request('alice', `${maps}/checkout`, { method: 'PATCH', body });
      if (refused.code !== 403) unexpected.push(`${refused.code} ${refused.body.message}`);
      const metadata = { generateName: 'free-' };
      const passed = await cluster.request('alice', maps, { method: 'POST', body: { metadata } });
      if (passed.code !== 201) unexpected.push(`${passed.code} ${passed.body.message}`);
      answers += 2;
    }
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(writers);
      return { answers, unexpected };
    },
  };
}

async function readFingerprint(url: string): Promise<string> {
  // Which certificate is shown is the question here; who may be trusted is tested elsewhere.
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
