import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../../src/admission/decide.ts';
import { parseReviewFile } from '../../../../src/authoring/testing/parse-review-file.ts';
import {
  formatFlippedCase,
  type FlippedCase,
} from '../../../../src/compose/replay/format-flipped-case.ts';
import {
  sampleActor,
  sampleContext,
  sampleFinding,
  sampleOutcome,
  sampleUnavailable,
} from '../../../support/admission-samples.ts';

const DENIED = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext(),
);

function read(change: Partial<FlippedCase> = {}) {
  const text = formatFlippedCase({
    source: '01JD',
    flip: { from: 'allowed', to: 'denied', policies: ['sample'], codes: [] },
    username: 'alice',
    application: 'shop',
    route: 'validate',
    review: { request: { uid: 'a' } },
    decision: DENIED,
    policy: 'sample',
    configuration: {},
    ...change,
  });
  const parsed = parseReviewFile(Buffer.from(text));
  assert.ok(parsed.ok, text);
  return { text, content: parsed.content };
}

test('formatFlippedCase() writes a case that expects what the candidate decides', () => {
  const facts = { actor: sampleActor(), inventory: { cluster: {}, namespace: {} } };
  const { text, content } = read({
    facts,
    parameters: { label: 'a' },
    configuration: { identity: { writers: [] } },
  });

  assert.match(text, /^# Written by holdfast policy replay: this was allowed, and the candidate/u);
  assert.deepEqual(content.configuration, { identity: { writers: [] } });
  assert.deepEqual(content.cases, [
    {
      name: '01JD: alice, allowed until now',
      route: 'validate',
      mode: 'enforce',
      parameters: { label: 'a' },
      review: { request: { uid: 'a' } },
      facts: { actor: JSON.parse(JSON.stringify(sampleActor())) },
      expect: {
        allowed: false,
        status: 'denied',
        findings: [{ code: 'managed_object_changed' }],
      },
    },
  ]);
});

test('formatFlippedCase() of a policy that is not asked any more is off', () => {
  const [reviewCase] = read({ policy: 'other' }).content.cases;

  assert.equal(reviewCase?.mode, 'off');
  assert.deepEqual(reviewCase.expect, { allowed: true, status: 'unmatched' });
  assert.equal(reviewCase.facts, undefined);
});

test('formatFlippedCase() of a policy that could not be evaluated expects the decision', () => {
  const decision = decide(
    [{ outcome: sampleUnavailable(), mode: 'enforce', failure: 'deny' }],
    sampleContext(),
  );
  const [reviewCase] = read({ decision }).content.cases;

  assert.deepEqual(reviewCase?.expect, { allowed: false, status: 'unavailable', findings: [] });
});
