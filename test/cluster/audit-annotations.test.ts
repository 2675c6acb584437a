/** The API server's audit log holds a copy of our chain: what it says is held against the journal. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startShopCluster, type ShopCluster } from '../support/cluster/shop-cluster.ts';

const PLACE = /"[a-z.]+\/record":"[0-9A-Z]{26}:(\d+):[0-9a-f]{64}"/gu;

describe('with an audit log of the API server and a journal', () => {
  let shop: ShopCluster;
  let auditLog = '';
  before(async () => {
    shop = await startShopCluster({ auditLog: true, audit: { journal: { folder: 'journal' } } });
    auditLog = join(shop.cluster.folder, 'audit.log');
  });
  after(async () => {
    await shop?.cluster.stop();
  });

  it('the audit log says of each refusal where its record stands, and the journal agrees', async () => {
    for (const label of ['a=1', 'b=2', 'c=3']) {
      const argv = ['label', 'deployment/checkout', label, '-n', 'shop'];
      const { code, stderr } = await shop.cluster.kubectl('alice', argv);
      assert.equal(code, 1, stderr);
    }

    const places = [...(await readFile(auditLog, 'utf8')).matchAll(PLACE)];
    const sequences = places.map(([, sequence]) => Number(sequence));
    assert.ok(new Set(sequences).size >= 3, 'each refusal has a place of its own');
    const verified = await shop.holdfast.run(['audit', 'verify', '--anchor', auditLog, 'journal']);
    assert.match(verified, /journal: ok/u);
  });
});
