import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideReadiness } from '../../../src/certificates/decide-readiness.ts';

const untrusted = {
  status: 'untrusted',
  webhooks: ['drift.holdfast.dev', 'patch.holdfast.dev'],
} as const;
const text =
  'the registered caBundle of drift.holdfast.dev, patch.holdfast.dev does not trust the certificate that is served here';

describe('decideReadiness', () => {
  it('says nothing while what is served is trusted, or nothing is registered', () => {
    const others = [{ replica: 'holdfast-1', isTrusted: false }];
    assert.deepEqual(decideReadiness({ trust: { status: 'trusted', untilMs: 1 }, others }), {});
    assert.deepEqual(decideReadiness({ trust: { status: 'unregistered' }, others }), {});
  });

  it('takes a replica away whose certificate alone is not trusted', () => {
    const others = [
      { replica: 'holdfast-1', isTrusted: false },
      { replica: 'holdfast-2', isTrusted: true },
    ];
    assert.deepEqual(decideReadiness({ trust: untrusted, others }), {
      failure: `${text}, and holdfast-2 is trusted`,
    });
  });

  it('takes no replica away where what is registered is wrong for all, or nothing is known of the others', () => {
    const advice = `${text}, so that the API server cannot call it`;
    for (const others of [[], [{ replica: 'holdfast-1', isTrusted: false }]]) {
      assert.deepEqual(decideReadiness({ trust: untrusted, others }), { advice });
    }
  });
});
