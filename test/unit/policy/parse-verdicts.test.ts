import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { parseVerdicts } from '../../../src/policy/parse-verdicts.ts';

const POLICY = { name: 'p', rules: ['deny', 'warn', 'audit', 'patch'] } as const;
const EMPTY = { deny: [], warn: [], audit: [], patch: [] };

function text(verdict: unknown): string {
  return JSON.stringify([{ result: { p: verdict } }]);
}

function invalid(reason: string): unknown {
  return [{ status: 'unavailable', policy: 'p', code: 'policy_result_invalid', reason }];
}

describe('parseVerdicts()', () => {
  it('reads findings and operations, and leaves unknown fields out', () => {
    const finding = { code: 'c', message: 'm', path: 'a.b', remedy: 'r', details: { any: [1] } };
    const patch = [
      { op: 'add', path: '/a', value: null },
      { op: 'replace', path: '/a', value: 1 },
      { op: 'test', path: '', value: 1 },
      { op: 'remove', path: '/a' },
      { op: 'move', path: '/a', from: '/b' },
      { op: 'copy', path: '/a', from: '' },
    ];

    const outcomes = parseVerdicts(
      text({
        deny: [{ ...finding, more: 1 }],
        warn: [{ code: 'c', message: 'm' }],
        audit: [],
        patch,
      }),
      [POLICY],
    );

    assert.deepEqual(outcomes, [
      {
        status: 'evaluated',
        policy: 'p',
        deny: [finding],
        warn: [{ code: 'c', message: 'm' }],
        audit: [],
        patch,
      },
    ]);
  });

  it('names the constraint in its messages, and refuses what is no list', () => {
    const constraint = { template: 't', name: 'c', match: {}, inventory: [] };
    const policy = { name: 'p', rules: ['deny'], constraint } as const;
    const findings = [{ code: 'x', message: 'm' }];

    assert.deepEqual(parseVerdicts(text({ deny: findings }), [policy]), [
      {
        status: 'evaluated',
        policy: 'p',
        deny: [{ code: 'x', message: '[c] m' }],
        warn: [],
        audit: [],
        patch: [],
      },
    ]);
    assert.deepEqual(
      parseVerdicts(text({ deny: 'm' }), [policy]),
      invalid('rule "deny" gave no list'),
    );
  });

  it('shows no id of a credential that a policy copied from the request', () => {
    const id = 'JTI=657656fc-ae62-4aa5-b4a3-8415a4da7983';
    const finding = { code: 'c', message: `shown ${id}`, details: { extra: { ids: [id] } } };

    assert.deepEqual(
      parseVerdicts(text({ deny: [finding], warn: [], audit: [], patch: [] }), [POLICY]),
      [
        {
          status: 'evaluated',
          policy: 'p',
          deny: [
            {
              code: 'c',
              message: 'shown [credential id]',
              details: { extra: { ids: ['[credential id]'] } },
            },
          ],
          warn: [],
          audit: [],
          patch: [],
        },
      ],
    );
  });

  it('tells findings in the order of code, path and message', () => {
    const sorted = [
      { code: 'a', message: 'x' },
      { code: 'b', message: 'a' },
      { code: 'b', message: 'b' },
      { code: 'b', message: 'a', path: 'p' },
      { code: 'b', message: 'a', path: 'q' },
      { code: 'b', message: 'a', path: 'q' },
    ];

    for (const deny of [sorted, sorted.toReversed()]) {
      const [outcome] = parseVerdicts(text({ ...EMPTY, deny }), [POLICY]);

      assert.deepEqual(outcome, { status: 'evaluated', policy: 'p', ...EMPTY, deny: sorted });
    }
  });

  it('answers for each policy asked, in their order', () => {
    const answer = JSON.stringify([{ result: { b: { deny: [] }, a: { warn: [] } } }]);

    const outcomes = parseVerdicts(answer, [
      { name: 'a', rules: ['warn'] },
      { name: 'c', rules: ['warn'] },
      { name: 'b', rules: ['deny'] },
    ]);

    assert.deepEqual(
      outcomes.map(({ policy, status }) => [policy, status]),
      [
        ['a', 'evaluated'],
        ['c', 'unavailable'],
        ['b', 'evaluated'],
      ],
    );
  });

  for (const answer of [
    '',
    '[]',
    '{}',
    '[{}]',
    '[{"result":[]}]',
    '[{"result":null}]',
    '[1]',
    '[{"result":{}},{}]',
    '[{"result":{"p":[]}}]',
  ]) {
    it(`takes no verdict from ${answer === '' ? 'nothing' : answer}`, () => {
      assert.deepEqual(parseVerdicts(answer, [POLICY]), invalid('it gave no verdict'));
    });
  }

  for (const finding of [
    'text',
    null,
    [],
    {},
    { code: 'c' },
    { message: 'm' },
    { code: '', message: 'm' },
    { code: 'c', message: '' },
    { code: 1, message: 'm' },
    { code: 'c', message: 'm', path: 1 },
    { code: 'c', message: 'm', remedy: null },
  ]) {
    it(`takes ${JSON.stringify(finding)} for no finding`, () => {
      const good = { code: 'c', message: 'm' };

      assert.deepEqual(
        parseVerdicts(text({ ...EMPTY, warn: [good, finding] }), [POLICY]),
        invalid('rule "warn" gave what is no finding with a code and a message'),
      );
    });
  }

  for (const operation of [
    'text',
    {},
    { op: 'add', path: '/a' },
    { op: 'add', path: 'a', value: 1 },
    { op: 'add', value: 1 },
    { op: 'move', path: '/a' },
    { op: 'copy', path: '/a', from: 'b' },
    { op: 'merge', path: '/a', value: 1 },
  ]) {
    it(`takes ${JSON.stringify(operation)} for no patch operation`, () => {
      assert.deepEqual(
        parseVerdicts(text({ ...EMPTY, patch: [operation] }), [POLICY]),
        invalid('rule "patch" gave what is no patch operation'),
      );
    });
  }

  it('misses a rule that the policy has', () => {
    assert.deepEqual(
      parseVerdicts(text({ deny: [], warn: [], audit: [] }), [POLICY]),
      invalid('rule "patch" gave no list'),
    );
  });

  it('never throws, and never turns what it cannot read into a pass', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue().map(text)), (answer) => {
        const [outcome, ...more] = parseVerdicts(answer, [POLICY]);

        assert.equal(more.length, 0);
        assert.ok(outcome?.status === 'unavailable' || answer.includes('"patch"'));
      }),
    );
  });
});
