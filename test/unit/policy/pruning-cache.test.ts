import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import { PruningCache } from '../../../src/policy/pruning-cache.ts';
import { planPruning } from '../../../src/policy/wasm/prune-json.ts';
import type { RequestReads } from '../../../src/policy/request-reads.ts';
import { sampleDescriptor } from '../../support/admission-samples.ts';

function policy(name: string, requestReads?: RequestReads): PolicyDescriptor {
  return sampleDescriptor({ name, requestReads });
}

describe('PruningCache', () => {
  it('keeps what any of the policies reads, planned once', () => {
    const cache = new PruningCache();
    const policies = [policy('one', { name: true }), policy('two', { object: {} })];
    const pruning = cache.find('one,two', policies);

    assert.deepEqual(pruning, planPruning({ name: true, object: {} }));
    assert.equal(cache.find('one,two', policies), pruning);
  });

  it('keeps everything for a policy of a bundle that does not say what it reads', () => {
    const policies = [policy('one', { name: true }), policy('two')];

    assert.deepEqual(new PruningCache().find('one,two', policies), planPruning(true));
  });

  it('plans again what it had to forget', () => {
    const cache = new PruningCache();
    const first = cache.find('0', [policy('0', { name: true })]);
    for (let index = 1; index <= 1024; index += 1) cache.find(String(index), []);

    assert.deepEqual(cache.find('0', [policy('0', { name: true })]), first);
  });
});
