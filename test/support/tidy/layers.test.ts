/** Each rule finds the bad sample and passes the good one: a rule that cannot fail would guard nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listImports } from './imports.ts';
import { findLayerViolations, findSharedLibraries } from './layers.ts';
import { findImpurities } from './purity.ts';
import { toSourceFile } from './source-file.ts';

const TABLE = {
  layers: [['base'], ['policy', 'audit'], ['admission']],
  features: ['policy', 'audit'],
  typeExceptions: {},
};

describe('listImports()', () => {
  test('lists static, type, side-effect, re-exported and dynamic imports', () => {
    const file = toSourceFile(
      'src/a/b.ts',
      [
        "import { x } from './x.ts';",
        "import type {\n  Y,\n} from '../y.ts';",
        "import 'node:fs';",
        "export * from './z.ts';",
        "const w = await import('@scope/w/deep');",
        "// import { no } from './no.ts';",
      ].join('\n'),
    );

    const found = listImports(file).map(({ target, specifier, typeOnly, place }) => ({
      of: target ?? specifier,
      typeOnly,
      place,
    }));

    assert.deepEqual(found, [
      { of: 'src/a/x.ts', typeOnly: false, place: 'src/a/b.ts:1' },
      { of: 'src/y.ts', typeOnly: true, place: 'src/a/b.ts:2' },
      { of: 'node:fs', typeOnly: false, place: 'src/a/b.ts:5' },
      { of: 'src/a/z.ts', typeOnly: false, place: 'src/a/b.ts:6' },
      { of: '@scope/w/deep', typeOnly: false, place: 'src/a/b.ts:7' },
    ]);
  });
});

describe('findLayerViolations()', () => {
  test('passes imports downwards, inside a room, and types between features', () => {
    const files = [
      toSourceFile('src/admission/a.ts', "import { b } from '../policy/b.ts';"),
      toSourceFile('src/policy/b.ts', "import { c } from './deep/c.ts';"),
      toSourceFile('src/policy/deep/c.ts', "import type { D } from '../../audit/d.ts';"),
      toSourceFile('src/audit/d.ts', "import { e } from '../base/e.ts';"),
    ];

    assert.deepEqual(findLayerViolations(files, TABLE), []);
  });

  test('finds imports upwards, sideways, out of src, from unknown rooms, and stale exceptions', () => {
    const files = [
      toSourceFile('src/base/a.ts', "import { b } from '../policy/b.ts';"),
      toSourceFile('src/policy/b.ts', "import { d } from '../audit/d.ts';"),
      toSourceFile('src/audit/d.ts', "import { x } from '../../test/x.ts';"),
      toSourceFile('src/cellar/e.ts', "import { b } from '../base/b.ts';"),
    ];

    const found = findLayerViolations(files, {
      ...TABLE,
      typeExceptions: { 'base → admission': 'for no reason' },
    });

    assert.deepEqual(found, [
      'src/base/a.ts:1: "base" must not import "policy": move what both need down a layer',
      'src/policy/b.ts:1: "policy" must not import "audit": let them meet as a port in admission/ that compose/ binds',
      'src/audit/d.ts:1: src must not import "test/x.ts"',
      'src/cellar/e.ts:1: the room "cellar" is in no layer: add it to the table of test/tidy.test.ts',
      'layer exception "base → admission" is not needed: remove it',
    ]);
  });

  test('lets an exception pass types, and nothing but types', () => {
    const table = { ...TABLE, typeExceptions: { 'base → policy': 'a vocabulary' } };
    const types = [toSourceFile('src/base/a.ts', "import type { B } from '../policy/b.ts';")];
    const values = [...types, toSourceFile('src/base/c.ts', "import { b } from '../policy/b.ts';")];

    assert.deepEqual(findLayerViolations(types, table), []);
    assert.equal(findLayerViolations(values, table).length, 1);
  });
});

describe('findSharedLibraries()', () => {
  test('finds a package with two importers, and ignores types, tests and exemptions', () => {
    const files = [
      toSourceFile('src/a.ts', "import { parse } from 'yaml';\nimport { z } from 'zod';"),
      toSourceFile('src/b.ts', "import { Document } from 'yaml';\nimport { z } from 'zod';"),
      toSourceFile('src/c.ts', "import type { Node } from 'pino';"),
      toSourceFile('src/d.ts', "import { pino } from 'pino';"),
      toSourceFile('test/e.ts', "import { pino } from 'pino';"),
    ];

    assert.deepEqual(findSharedLibraries(files, { zod: 'schemas' }), [
      '"yaml" is imported by src/a.ts, src/b.ts: let one file wrap it',
    ]);
  });
});

describe('findImpurities()', () => {
  test('passes a pure file that reads harmless modules', () => {
    const files = [
      toSourceFile(
        'src/a/decide.ts',
        "import { isIP } from 'node:net';\nimport { createHash } from 'node:crypto';\nimport type { B } from './b.ts';\nconst at = new Date(nowMs);",
      ),
      toSourceFile('src/a/b.ts', "import { readFile } from 'node:fs/promises';"),
      toSourceFile('src/a/shell.ts', 'const at = Date.now();'),
    ];

    assert.deepEqual(findImpurities(files), []);
  });

  const samples: readonly (readonly [code: string, instead: string])[] = [
    ['Date.now', 'take nowMs as an argument'],
    ['new Date()', 'take nowMs as an argument'],
    ['performance.now', 'take nowMs as an argument'],
    ['Math.random', 'take the random value as an argument'],
    ['randomUUID', 'take the random value as an argument'],
    ['process.env', 'take the value as an argument'],
    ['setTimeout(', 'let the shell wait and call'],
    ['fetch(', 'let the shell wait and call'],
    ['console.', 'return the text'],
  ];
  for (const [code, instead] of samples) {
    test(`finds ${code} in a pure file`, () => {
      assert.deepEqual(findImpurities([toSourceFile('src/a/plan-b.ts', `\nconst x = ${code}`)]), [
        `src/a/plan-b.ts:2: "${code}" in a pure file: ${instead}`,
      ]);
    });
  }

  test('finds I/O behind an import, and follows a circle once', () => {
    const files = [
      toSourceFile('src/a/match.ts', "import { b } from './b.ts';"),
      toSourceFile(
        'src/a/b.ts',
        "import { a } from './match.ts';\nimport { connect } from 'node:net';\nimport { get } from 'undici';",
      ),
    ];

    assert.deepEqual(findImpurities(files), [
      'src/a/match.ts → src/a/b.ts → "node:net": a pure file must not reach I/O; pass the value in',
      'src/a/match.ts → src/a/b.ts → "undici": a pure file must not reach I/O; pass the value in',
    ]);
  });
});
