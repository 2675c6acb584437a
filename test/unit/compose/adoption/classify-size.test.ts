import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifySize } from '../../../../src/compose/adoption/classify-size.ts';
import { applicationOf, seen, surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

test('a small cluster needs no more than the chart gives', () => {
  const survey = surveyOf({
    counts: new Map([
      ['pods', seen(40)],
      ['services', seen(60)],
      ['configmaps', UNSEEN],
    ]),
    applications: seen([applicationOf({ resources: 25 })]),
  });

  assert.deepEqual(classifySize(survey), {
    entries: 125,
    entriesMax: undefined,
    memoryMib: 512,
    largest: [
      { resource: 'services', count: 60 },
      { resource: 'pods', count: 40 },
    ],
    unknown: ['configmaps'],
  });
});

test('a large cluster needs room for what it grows by, up to what the configuration takes', () => {
  const sized = (pods: number) => {
    const { entriesMax, memoryMib } = classifySize(
      surveyOf({ counts: new Map([['pods', seen(pods)]]) }),
    );
    return [entriesMax, memoryMib];
  };

  assert.deepEqual(sized(66_000), [undefined, 512]);
  assert.deepEqual(sized(200_000), [300_000, 1280]);
  assert.deepEqual(sized(9_000_000), [5_000_000, 42_240]);
});
