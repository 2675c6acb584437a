import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatYaml, parseYaml, type YamlOptions } from '../../../src/base/parse-yaml.ts';

function values(text: string, dialect: YamlOptions['dialect'] = 'strict'): unknown {
  const parsed = parseYaml(text, { dialect, aliasesMax: 50 });
  return parsed.ok ? parsed.documents.map(({ value }) => value) : parsed.faults;
}

for (const [name, text, expected] of [
  ['a mapping', 'a: 1\nb: [x, y]\n', [{ a: 1, b: ['x', 'y'] }]],
  ['several documents', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
  ['nothing', '', []],
  ['an empty document', '---\n', [null]],
  ['yes as a text', 'a: yes', [{ a: 'yes' }]],
  ['a leading zero as decimal', 'a: 0755', [{ a: 755 }]],
  ['a time as text', 'a: 2026-01-01', [{ a: '2026-01-01' }]],
  ['an alias', 'a: &x [1]\nb: *x', [{ a: [1], b: [1] }]],
  ['JSON', '{"a": {"b": null}}', [{ a: { b: null } }]],
] as const) {
  test(`parseYaml() reads ${name}`, () => {
    assert.deepEqual(values(text), expected);
  });
}

test('parseYaml() reads manifests as kubectl does', () => {
  const text = 'a: yes\nb: 0755\nc: 2026-01-01\nd: 1:30\n<<: {e: off}\n';

  assert.deepEqual(values(text, 'kubernetes'), [
    { a: true, b: 493, c: '2026-01-01', d: '1:30', e: false },
  ]);
});

test('parseYaml() keeps a key that objects inherit as a key of its own', () => {
  const [value] = [values('__proto__: {polluted: true}')].flat();

  assert.equal(Object.hasOwn(Object(value), '__proto__'), true);
  assert.equal('polluted' in {}, false);
});

const BOMB = [
  'a: &a [1,1,1,1,1,1,1,1,1]',
  'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
  'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
  'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
].join('\n');
const ALIAS =
  'Cannot expand the aliases: one names no anchor, or they stand for more than 50 values';
const DEEP = 'The text is nested too deep, or an alias stands for itself';

for (const [name, text, expected] of [
  ['a key twice', 'a: 1\na: 2\n', [{ message: 'Map keys must be unique', line: 2, column: 1 }]],
  [
    'tabs as indentation',
    'a:\n\tb: 1',
    [{ message: 'Tabs are not allowed as indentation', line: 2, column: 1 }],
  ],
  ['an unknown tag', 'a: !x 1', [{ message: 'Unresolved tag: !x', line: 1, column: 4 }]],
  ['an alias without anchor', 'a: *x', [{ message: ALIAS, line: 1, column: 1 }]],
  ['aliases that grow without bound', BOMB, [{ message: ALIAS, line: 1, column: 1 }]],
  ['nesting without end', '['.repeat(20_000), [{ message: DEEP, line: 1, column: 1 }]],
  [
    'nesting that a reader would fall over',
    `${'['.repeat(502)}${']'.repeat(502)}`,
    [{ message: DEEP, line: 1, column: 1 }],
  ],
  [
    'an alias within its own anchor',
    'a: &a { b: *a, c: *a }',
    [{ message: DEEP, line: 1, column: 1 }],
  ],
] as const) {
  test(`parseYaml() refuses ${name}, and says where`, () => {
    assert.deepEqual(values(text), expected);
  });
}

test('parseYaml() is total', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseYaml(text, { dialect: 'strict', aliasesMax: 50 });
      parseYaml(text, { dialect: 'kubernetes', aliasesMax: 50 });
    }),
  );
});

const LOCATED = 'first: 1\nlist:\n  - name: a\n    deep: {x: 1}\n  - name: b\nempty:\n5: five\n';

for (const [path, part, expected] of [
  [['first'], 'key', { line: 1, column: 1 }],
  [['first'], 'value', { line: 1, column: 8 }],
  [['list', 1, 'name'], 'value', { line: 5, column: 11 }],
  [['list', 0, 'deep', 'x'], 'key', { line: 4, column: 12 }],
  [['list', 0], 'value', { line: 3, column: 5 }],
  // What is not written is placed at the nearest thing around it.
  [['list', 0, 'absent'], 'key', { line: 3, column: 5 }],
  [['list', 9], 'value', { line: 2, column: 1 }],
  [['first', 'below', 'a', 'scalar'], 'value', { line: 1, column: 1 }],
  [['nowhere'], 'value', { line: 1, column: 1 }],
  [['5'], 'value', { line: 7, column: 4 }],
  [[], 'value', { line: 1, column: 1 }],
] as const) {
  test(`locate() finds the ${part} of /${path.join('/')}`, () => {
    const parsed = parseYaml(LOCATED, { dialect: 'strict', aliasesMax: 50 });

    assert.deepEqual(parsed.ok && parsed.documents[0]?.locate(path, part), expected);
  });
}

test('locate() answers for an empty document', () => {
  const parsed = parseYaml('---\n', { dialect: 'strict', aliasesMax: 50 });

  assert.deepEqual(parsed.ok && parsed.documents[0]?.locate(['a'], 'key').line, 1);
});

test('locate() skips keys that are no texts', () => {
  const parsed = parseYaml('? [a]\n: 1\nb: 2\n', { dialect: 'strict', aliasesMax: 50 });

  assert.deepEqual(parsed.ok && parsed.documents[0]?.locate(['b'], 'value'), {
    line: 3,
    column: 4,
  });
});

test('what formatYaml() writes reads back as the same value', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string(),
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())),
      ),
      (value) => {
        const read = values(formatYaml(value));
        assert.equal(JSON.stringify(read), JSON.stringify([value]));
      },
    ),
  );
});
