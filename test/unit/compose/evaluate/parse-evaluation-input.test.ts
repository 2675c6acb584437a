import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseEvaluationInput,
  parseObjects,
} from '../../../../src/compose/evaluate/parse-evaluation-input.ts';

const options = { file: 'f', user: { username: 'alice' }, stored: [] };
const review = (uid: string) => ({ kind: 'AdmissionReview', request: { uid } });
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });

function read(text: string, more: object = {}) {
  const { reviews, faults } = parseEvaluationInput(Buffer.from(text), { ...options, ...more });
  return {
    reviews: reviews.map(({ source, bytes }) => {
      const uid = /"uid":\s*"(?<uid>[^"]*)"/u.exec(Buffer.from(bytes).toString())?.groups?.['uid'];
      return `${source} ${uid ?? '-'}`;
    }),
    faults: faults.map(({ source, reason }) => `${source}: ${reason}`),
  };
}

for (const [name, value, reviews] of [
  ['one review', review('a'), ['f a']],
  ['a list of reviews', [review('a'), review('b')], ['f#item 1 a', 'f#item 2 b']],
  [
    'recorded cases',
    { cases: [{ action: 'human-scale', review: review('a') }, { review: review('b') }] },
    ['f#human-scale a', 'f#item 2 b'],
  ],
  ['one recorded case', { name: 'scale', review: review('a') }, ['f#scale a']],
  ['a review that forgot its kind', { request: { uid: 'a', userInfo: {} } }, ['f a']],
  ['a manifest', pod('x'), ['f f-1']],
  [
    'a List of manifests',
    { apiVersion: 'v1', kind: 'List', items: [pod('x'), pod('y')] },
    ['f#item 1 f-1', 'f#item 2 f-2'],
  ],
  ['a list of one kind', { kind: 'PodList', items: [pod('x')] }, ['f#item 1 f-1']],
  ['items without a kind', { items: [pod('x')] }, ['f#item 1 f-1']],
  [
    'lists in lists',
    [[review('a')], { kind: 'List', items: [review('b')] }],
    ['f#item 1, item 1 a', 'f#item 2, item 1 b'],
  ],
] as const) {
  test(`parseEvaluationInput() finds ${name}`, () => {
    assert.deepEqual(read(JSON.stringify(value)), { reviews, faults: [] });
  });
}

const UNUSABLE = 'Expected an admission review or an object with apiVersion and kind';

for (const [name, text, faults] of [
  ['nothing', '', ['f: The document is empty']],
  ['nothing but comments', '# later\n', ['f: The file holds no admission review and no object']],
  ['an empty list', '[]', ['f: The file holds no admission review and no object']],
  ['a text', '"hello"', ['f: Expected an admission review or an object']],
  ['null in a list', '[null]', ['f#item 1: Expected an admission review or an object']],
  ['an object of nothing known', '{"a":1}', [`f: ${UNUSABLE}`]],
  ['a kind with items that is no list', '{"kind":"Basket","items":[]}', [`f: ${UNUSABLE}`]],
  ['a kind that is no text', '{"kind":1,"items":[]}', [`f: ${UNUSABLE}`]],
  ['a request that is none', '{"request":{}}', [`f: ${UNUSABLE}`]],
  ['a request that is a text', '{"request":"a"}', [`f: ${UNUSABLE}`]],
  [
    'lists without end',
    '[[[[[[]]]]]]',
    ['f#item 1, item 1, item 1, item 1, item 1: Lists are nested too deep'],
  ],
] as const) {
  test(`parseEvaluationInput() says that it cannot use ${name}`, () => {
    assert.deepEqual(read(text), { reviews: [], faults });
  });
}

test('what cannot be used does not stop the rest', () => {
  const { reviews, faults } = read(JSON.stringify([review('a'), 1, review('b')]));

  assert.deepEqual(reviews, ['f#item 1 a', 'f#item 3 b']);
  assert.deepEqual(faults, ['f#item 2: Expected an admission review or an object']);
});

test('an UPDATE of an unknown object is a fault of that object alone', () => {
  const { reviews, faults } = read(JSON.stringify([pod('x'), review('a')]), {
    operation: 'UPDATE',
  });

  assert.deepEqual(reviews, ['f#item 2 a']);
  assert.deepEqual(faults, [
    'f#item 1: The stored object of Pod "default/x" is not known: give it with --old or --cluster-state',
  ]);
});

test('a review in JSON is judged as it is written, byte by byte', () => {
  const text = '{ "kind": "AdmissionReview", "request": {"uid":"a", "n": 9007199254740993} }';

  const { reviews } = parseEvaluationInput(Buffer.from(text), options);

  assert.deepEqual(
    reviews.map(({ bytes }) => Buffer.from(bytes).toString()),
    [text],
  );
});

test('a number keeps its digits when a review is taken out of a list', () => {
  const text = '[{"kind":"AdmissionReview","request":{"uid":"a","n":9007199254740993}}]';

  const { reviews } = parseEvaluationInput(Buffer.from(text), options);

  assert.deepEqual(
    reviews.map(({ bytes }) => Buffer.from(bytes).toString()),
    [text.slice(1, -1)],
  );
});

test('parseObjects() takes lists apart, and refuses what is no object', () => {
  const text = JSON.stringify([{ kind: 'List', items: [pod('x')] }, pod('y'), review('a'), 3]);

  assert.deepEqual(parseObjects(Buffer.from(text), 'state.json'), {
    objects: [pod('x'), pod('y')],
    faults: [
      { source: 'state.json#item 3', reason: 'Expected an object, found a review' },
      { source: 'state.json#item 4', reason: 'Expected an admission review or an object' },
    ],
  });
});

test('parseEvaluationInput() is total: every input has a review or a fault', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const { reviews, faults } = parseEvaluationInput(Buffer.from(text), options);
      assert.ok(reviews.length + faults.length > 0);
    }),
  );
});

const recorded = join(import.meta.dirname, '../../../fixtures/recorded-day.json');

test('a recorded day is taken apart into its reviews, under the names of its actions', () => {
  const bytes = readFileSync(recorded);
  const day: { readonly cases: readonly { readonly action: string }[] } = JSON.parse(
    bytes.toString('utf8'),
  );
  const { reviews, faults } = parseEvaluationInput(bytes, options);

  assert.deepEqual(faults, []);
  assert.deepEqual(
    reviews.map(({ source }) => source),
    day.cases.map(({ action }) => `f#${action}`),
  );
});
