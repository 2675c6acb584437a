import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRestrictedImports } from './restricted-imports.ts';
import { toSourceFile } from './source-file.ts';

const RULE = {
  module: 'src/verdict.ts',
  name: 'verifiedBy',
  importers: /^src\/verify-\w+\.ts$/u,
  instead: 'ask a verifier',
};
const module = toSourceFile('src/verdict.ts', 'export function verifiedBy() {}');

test('finds every way to import what is restricted, and no other import', () => {
  const files = [
    module,
    toSourceFile('src/verify-a.ts', "import { verifiedBy } from './verdict.ts';"),
    toSourceFile('src/b.ts', "import { rejected, verifiedBy as v } from './verdict.ts';"),
    toSourceFile('src/c.ts', "import * as all from './verdict.ts';"),
    toSourceFile('src/d.ts', "export * from './verdict.ts';"),
    toSourceFile('src/e.ts', "const all = await import('./verdict.ts');"),
    toSourceFile('src/f.ts', "import { rejected, type Verified } from './verdict.ts';"),
    toSourceFile('src/g.ts', "import type { verifiedBy } from './verdict.ts';"),
    toSourceFile('test/h.test.ts', "import { verifiedBy } from '../src/verdict.ts';"),
  ];

  assert.deepEqual(
    findRestrictedImports(files, [RULE]),
    ['b', 'c', 'd', 'e'].map(
      (name) =>
        `src/${name}.ts:1: "verifiedBy" of src/verdict.ts is not for this file: ask a verifier`,
    ),
  );
});

test('says that a module of the table is gone', () => {
  assert.deepEqual(findRestrictedImports([], [RULE]), [
    'src/verdict.ts does not exist: correct the table',
  ]);
});
