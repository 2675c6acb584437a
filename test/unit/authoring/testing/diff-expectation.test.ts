import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffExpectation } from '../../../../src/authoring/testing/diff-expectation.ts';

const FINDING = { code: 'no', message: 'It is bad.', path: 'metadata' };
const DECISION = {
  allowed: false,
  message: 'It is bad.\n(no by sample)',
  warnings: ['careful'],
  patch: [{ op: 'add', path: '/a', value: 1 }] as const,
  policies: [
    { policy: 'sample', mode: 'enforce', status: 'denied', findings: [FINDING, FINDING] },
  ] as const,
};
const COMPARED = { decision: DECISION, policy: 'sample' };

test('diffExpectation() finds nothing where all is as expected, or not asked for', () => {
  assert.deepEqual(diffExpectation({ allowed: false }, COMPARED), []);
  assert.deepEqual(
    diffExpectation(
      {
        allowed: false,
        status: 'denied',
        findings: [{ code: 'no' }, { code: 'no', path: 'metadata', remedy: undefined }],
        patch: [{ op: 'add', path: '/a', value: 1 }],
        message: 'careful',
      },
      COMPARED,
    ),
    [],
  );
});

test('diffExpectation() says what was wanted and what was found of everything that differs', () => {
  const expected = {
    allowed: true,
    status: 'passed',
    findings: [{ code: 'other' }],
    patch: [],
    message: 'good',
  } as const;

  assert.deepEqual(
    diffExpectation({ ...expected, findings: [...expected.findings], patch: [] }, COMPARED),
    [
      'allowed: wanted true, found false',
      'status: wanted "passed", found "denied"',
      `findings: wanted [{"code":"other"}], found ${JSON.stringify([FINDING, FINDING])}`,
      'patch: wanted [], found [{"op":"add","path":"/a","value":1}]',
      `message: wanted "good", found ${JSON.stringify('It is bad.\n(no by sample)\ncareful')}`,
    ],
  );
});

test('diffExpectation() wants every finding, and no other', () => {
  assert.equal(diffExpectation({ allowed: false, findings: [{ code: 'no' }] }, COMPARED).length, 1);
  assert.equal(diffExpectation({ allowed: false, findings: [] }, COMPARED).length, 1);
});

test('diffExpectation() calls a policy that was not asked unmatched', () => {
  const other = { decision: DECISION, policy: 'other' };

  assert.deepEqual(
    diffExpectation({ allowed: false, status: 'unmatched', findings: [] }, other),
    [],
  );
});
