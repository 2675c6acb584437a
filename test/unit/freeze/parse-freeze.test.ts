import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFreeze } from '../../../src/freeze/parse-freeze.ts';
import { CREATED, EXPIRES, sampleFreeze } from '../../support/freeze-samples.ts';

const freeze = {
  name: 'freeze-1',
  scope: {},
  reason: 'the checkout is being repaired',
  by: 'alice',
  createdAtMs: Date.parse(CREATED),
  expiresAtMs: Date.parse(EXPIRES),
};

describe('parseFreeze()', () => {
  it('reads who froze what, until when and why', () => {
    assert.deepEqual(parseFreeze(sampleFreeze()), { ok: true, freeze });
  });

  it('reads its scope, its end and its circuit breaker', () => {
    const applications = ['argocd/checkout'];
    const namespaces = ['shop-*'];
    const ended = { ended: true, endedBy: 'bob', endedReason: 'it is repaired' };
    assert.deepEqual(
      parseFreeze(sampleFreeze({ applications, namespaces, breaker: 'error-rate', ...ended })),
      {
        ok: true,
        freeze: {
          ...freeze,
          scope: { applications, namespaces },
          breaker: 'error-rate',
          ended: { by: 'bob', reason: 'it is repaired' },
        },
      },
    );
    assert.deepEqual(parseFreeze(sampleFreeze({ ended: true })), {
      ok: true,
      freeze: { ...freeze, ended: { by: '', reason: '' } },
    });
    assert.deepEqual(parseFreeze(sampleFreeze({ ended: false, endedBy: 'bob' })), {
      ok: true,
      freeze,
    });
  });

  it('lets nobody write into the terminals of others', () => {
    const parsed = parseFreeze(sampleFreeze({ reason: 'a\nb\u001b[2J', by: 'a\u202eb' }));
    assert.deepEqual(parsed, {
      ok: true,
      freeze: { ...freeze, reason: 'a\u{FFFD}b\u{FFFD}[2J', by: 'a\u{FFFD}b' },
    });
  });

  for (const [what, object, reason] of [
    ['nothing', undefined, /^: /u],
    ['no specification', { metadata: sampleFreeze().metadata }, /^spec: /u],
    ['a time that is none', sampleFreeze({ expires: 'tomorrow' }), /^spec\.expires: /u],
    ['an empty list', sampleFreeze({ applications: [] }), /^spec\.applications: /u],
    ['no application', sampleFreeze({ applications: ['checkout'] }), /^spec\.applications\.0: /u],
    ['no namespace', sampleFreeze({ namespaces: ['A'] }), /^spec\.namespaces\.0: /u],
    ['a long reason', sampleFreeze({ reason: 'x'.repeat(501) }), /^spec\.reason: /u],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      const parsed = parseFreeze(object);
      assert.equal(parsed.ok, false);
      assert.match(parsed.ok ? '' : parsed.reason, reason);
      assert.equal(parsed.ok ? '' : parsed.name, object === undefined ? '' : 'freeze-1');
    });
  }
});
