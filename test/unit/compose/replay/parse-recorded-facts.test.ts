import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRecordedFacts } from '../../../../src/compose/replay/parse-recorded-facts.ts';
import { sampleActor, sampleObject } from '../../../support/admission-samples.ts';

const CHANGE = { semantic: true, paths: [{ path: 'data.a' }], protectedKeys: [], truncated: false };

for (const facts of [
  {},
  { actor: sampleActor(), object: sampleObject(), change: CHANGE },
  { images: [], namespace: null, source: null, unknown: 1 },
]) {
  test(`parseRecordedFacts() takes ${Object.keys(facts).join(', ') || 'none'} as they are`, () => {
    assert.equal(parseRecordedFacts(facts), facts);
  });
}

for (const facts of [
  undefined,
  [],
  { actor: { class: 'god' } },
  { object: { managed: 'yes' } },
  { change: { paths: [1] } },
  { images: {} },
]) {
  test(`parseRecordedFacts() refuses ${JSON.stringify(facts)}`, () => {
    assert.equal(parseRecordedFacts(facts), undefined);
  });
}
