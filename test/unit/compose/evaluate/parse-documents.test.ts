import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocuments } from '../../../../src/compose/evaluate/parse-documents.ts';

function read(text: string) {
  const { documents, faults } = parseDocuments(Buffer.from(text));
  return {
    documents: documents.map(({ value, place, bytes }) => [
      value,
      place,
      bytes === undefined ? undefined : Buffer.from(bytes).toString(),
    ]),
    faults: faults.map(({ place, reason }) => `${place}: ${reason}`),
  };
}

for (const [name, text, documents] of [
  ['JSON, with its bytes', ' {"a": 1} ', [[{ a: 1 }, '', ' {"a": 1} ']]],
  [
    'JSON lines, blank lines between them',
    '{"a":1}\n\n  \n{"a":2}\n',
    [
      [{ a: 1 }, 'line 1', '{"a":1}'],
      [{ a: 2 }, 'line 4', '{"a":2}'],
    ],
  ],
  ['YAML', 'a: 1\n', [[{ a: 1 }, '', undefined]]],
  [
    'YAML documents, empty ones left out',
    'a: 1\n---\n# nothing\n---\nb: 2\n',
    [
      [{ a: 1 }, 'document 1', undefined],
      [{ b: 2 }, 'document 3', undefined],
    ],
  ],
  ['YAML in flow style over several lines', '{a: 1,\n b: 2}\n', [[{ a: 1, b: 2 }, '', undefined]]],
  ['a list in YAML', '- a\n- b\n', [[['a', 'b'], '', undefined]]],
] as const) {
  test(`parseDocuments() reads ${name}`, () => {
    assert.deepEqual(read(text), { documents, faults: [] });
  });
}

for (const [name, text, faults] of [
  ['nothing', '', [': The document is empty']],
  ['broken YAML', 'a: 1\na: 2\n', ['line 2, column 1: Map keys must be unique']],
  [
    'an object with a key twice',
    '{"kind":"Pod","kind":"Pod"}',
    [': The key "kind" is written twice'],
  ],
  ['a byte order mark', '\uFEFF{}', [': The document begins with a byte order mark']],
] as const) {
  test(`parseDocuments() refuses ${name}`, () => {
    assert.deepEqual(read(text), { documents: [], faults });
  });
}

test('one broken line does not stop the others', () => {
  const { documents, faults } = read('{"a":1}\n{"a":\n{"a":3}\n');

  assert.deepEqual(
    documents.map(([, place]) => place),
    ['line 1', 'line 3'],
  );
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? '', /^line 2: The document is not JSON/u);
});

for (const [name, text] of [
  ['a key twice', '{"kind":"AdmissionReview","request":{"uid":"a","uid":"b"}}'],
  ['a number beyond floats', '{"kind":"AdmissionReview","request":{"uid":"a","x":1e999}}'],
  [
    'nesting without end',
    `{"kind":"AdmissionReview","request":${'['.repeat(3000)}${']'.repeat(3000)}}`,
  ],
] as const) {
  test(`a review with ${name} is a case to judge, byte by byte`, () => {
    const { documents, faults } = read(text);

    assert.deepEqual(faults, []);
    assert.deepEqual(
      documents.map(([, , bytes]) => bytes),
      [text],
    );
  });
}

test('what is refused and is no review is a broken file', () => {
  assert.deepEqual(read('[1e999]').faults, [': The number at byte 1 is beyond ±1.8e308']);
  assert.deepEqual(read('['.repeat(3000)).faults, [
    ': The document is nested deeper than 2000 levels',
  ]);
});

test('parseDocuments() is total', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const { documents, faults } = parseDocuments(bytes);
        assert.ok(Array.isArray(documents) && Array.isArray(faults));
      },
    ),
  );
});
