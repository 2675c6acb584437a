import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findCircularImports, findForbiddenReach } from './import-graph.ts';
import { toSourceFile } from './source-file.ts';

const REMEDY = 'move what both need into a file of its own';

describe('findCircularImports()', () => {
  test('passes a tree, a diamond, and packages', () => {
    const files = [
      toSourceFile('src/a.ts', "import { b } from './b.ts';\nimport { c } from './c.ts';"),
      toSourceFile('src/b.ts', "import { d } from './d.ts';\nimport { z } from 'zod';"),
      toSourceFile('src/c.ts', "import { d } from './d.ts';"),
      toSourceFile('src/d.ts', "import { join } from 'node:path';"),
    ];

    assert.deepEqual(findCircularImports(files), []);
  });

  test('finds each circle once, with its shortest way, whatever closes it', () => {
    const files = [
      toSourceFile('src/a.ts', "import { b } from './b.ts';"),
      toSourceFile('src/b.ts', "import type { A } from './a.ts';"),
      toSourceFile('src/c.ts', "export * from './d.ts';"),
      toSourceFile('src/d.ts', "const e = await import('./e.ts');"),
      toSourceFile('src/e.ts', "import { c } from './c.ts';\nimport { a } from './a.ts';"),
      toSourceFile('src/f.ts', "import { self } from './f.ts';"),
    ];

    assert.deepEqual(findCircularImports(files), [
      `src/a.ts → src/b.ts → src/a.ts: ${REMEDY}`,
      `src/c.ts → src/d.ts → src/e.ts → src/c.ts: ${REMEDY}`,
      `src/f.ts → src/f.ts: ${REMEDY}`,
    ]);
  });
});

describe('findForbiddenReach()', () => {
  const rule = {
    main: 'src/main.ts',
    afterwards: 'src/serve.ts',
    isForbidden: (module: string) => module.startsWith('src/authoring/'),
    remedy: 'a serving process never compiles',
  };
  const main = toSourceFile('src/main.ts', "import { commands } from './commands.ts';");

  test('passes dynamic imports of other commands, and types', () => {
    const files = [
      main,
      toSourceFile('src/commands.ts', "import './serve.ts';\nimport './build.ts';"),
      toSourceFile('src/build.ts', "await import('./authoring/build.ts');"),
      toSourceFile('src/serve.ts', "import type { B } from './authoring/build.ts';"),
      toSourceFile('src/authoring/build.ts', ''),
    ];

    assert.deepEqual(findForbiddenReach(files, rule), []);
  });

  test('finds static imports of the start, and dynamic ones behind what it loads then', () => {
    const files = [
      main,
      toSourceFile('src/commands.ts', "import './authoring/build.ts';"),
      toSourceFile('src/serve.ts', "await import('./service.ts');"),
      toSourceFile('src/service.ts', "await import('./authoring/build.ts');"),
      toSourceFile('src/authoring/build.ts', ''),
    ];

    assert.deepEqual(findForbiddenReach(files, rule), [
      'src/main.ts → src/commands.ts → src/authoring/build.ts: a serving process never compiles',
      'src/serve.ts → src/service.ts → src/authoring/build.ts: a serving process never compiles',
    ]);
  });

  test('finds modules of Node', () => {
    const files = [
      main,
      toSourceFile('src/serve.ts', "import { spawn } from 'node:child_process';"),
    ];
    const isForbidden = (module: string): boolean => module === 'node:child_process';

    assert.deepEqual(findForbiddenReach(files, { ...rule, isForbidden, remedy: 'no' }), [
      'src/serve.ts → node:child_process: no',
    ]);
  });

  test('finds that a file it starts from is not there any more', () => {
    assert.deepEqual(findForbiddenReach([main], rule), ['src/serve.ts does not exist']);
  });
});
