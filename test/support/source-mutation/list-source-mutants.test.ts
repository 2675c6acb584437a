import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyMutant, listSourceMutants } from './list-source-mutants.ts';

/** What becomes of each line of a text, without what stays the same. */
function mutantsOf(text: string): readonly string[] {
  return listSourceMutants('a.ts', text).map(
    ({ line, original, replacement }) => `${line}: ${original} → ${replacement}`,
  );
}

const CASES: readonly (readonly [what: string, text: string, mutants: readonly string[]])[] = [
  ['a guard', 'if (a) b();', ['1: a → false', '1: a → true']],
  ['halves of a condition', 'const x = a && b;', ['1: a && b → (a)', '1: a && b → (b)']],
  ['a choice', 'const x = a ? b : c;', ['1: a ? b : c → (b)', '1: a ? b : c → (c)']],
  ['a comparison', 'const x = a === b;', ['1: a === b → (a !== b)']],
  ['a bound', '\nconst x = a < 5;', ['2: a < 5 → (a <= 5)']],
  ['a negation', 'const x = !a;', ['1: !a → (a)']],
  ['a truth', 'const x = { isOpen: false };', ['1: false → true']],
  ['a list of names', "const x = new Set(['a', 'b', 1]);", ['1: \'a\' → "a~"', '1: \'b\' → "b~"']],
  ['a method', 'const x = a.some(f);', ['1: some → every']],
  ['a filter', 'const x = a.filter(f);', ['1: a.filter(f) → (a)']],
];

for (const [what, text, mutants] of CASES) {
  test(`listSourceMutants() changes ${what}`, () => {
    assert.deepEqual(mutantsOf(text), mutants);
  });
}

test('listSourceMutants() leaves types, imports, messages and defaults alone', () => {
  const text = [
    "import { a } from './a.ts';",
    "type Kind = 'a' | 'b';",
    'interface Shape { readonly open: true }',
    'const x = `is ${a ? 1 : 2}`;',
    'const y = a ?? b;',
    "throw new Error(a ? 'b' : 'c');",
  ].join('\n');

  assert.deepEqual(mutantsOf(text), []);
});

test('listSourceMutants() goes into what is only wrapped for the compiler', () => {
  assert.deepEqual(mutantsOf("const x = ['a'] as const;"), ['1: \'a\' → "a~"']);
  assert.deepEqual(mutantsOf('const x = (!a) satisfies boolean;'), ['1: !a → (a)']);
});

test('listSourceMutants() refuses what does not parse, and names it', () => {
  assert.throws(() => listSourceMutants('broken.ts', 'const ='), /^Error: broken\.ts: /u);
});

test('applyMutant() changes one place', () => {
  const text = 'if (a) b(); // ä\nif (c) d();';
  const mutants = listSourceMutants('a.ts', text);

  assert.deepEqual(
    mutants.map((mutant) => applyMutant(text, mutant)),
    [
      'if (false) b(); // ä\nif (c) d();',
      'if (true) b(); // ä\nif (c) d();',
      'if (a) b(); // ä\nif (false) d();',
      'if (a) b(); // ä\nif (true) d();',
    ],
  );
});
