/** Each rule finds the bad sample and passes the good one: a rule that cannot fail would guard nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBanned } from './banned.ts';
import { BANS } from './bans.ts';
import { toSourceFile } from './source-file.ts';

describe('findBanned()', () => {
  test('names the place and the replacement, and heeds permissions', () => {
    const ban = {
      name: 'shouting',
      pattern: /\bshout\(/g,
      instead: 'whisper',
      files: /^src\//,
      allowed: { 'src/b.ts': 'a megaphone', 'src/c.ts': 'was one' },
    };
    const files = [
      toSourceFile('src/a.ts', '\nshout();\n// shout();\n'),
      toSourceFile('src/b.ts', 'shout();'),
      toSourceFile('src/c.ts', 'whisper();'),
      toSourceFile('test/a.ts', 'shout();'),
    ];

    assert.deepEqual(findBanned(files, [ban]), [
      'src/a.ts:2: shouting: whisper',
      'src/c.ts no longer needs its permission for shouting: remove it from the table',
    ]);
  });

  /** One bad line for each ban; a ban without one fails below. */
  const samples: Readonly<Record<string, readonly [path: string, text: string]>> = {
    console: ['src/policy/a.ts', "console.log('a');"],
    'process.stdout': ['src/policy/a.ts', "process.stdout.write('a');"],
    'process.exit': ['src/cli/a.ts', 'process.exit(1);'],
    'code from text': ['src/a.ts', "new Function('a');"],
    'JSON.parse in the request path': ['src/admission/a.ts', 'JSON.parse(text);'],
    any: ['src/a.ts', 'const a = b as any;'],
    'as never': ['src/a.ts', 'const a = b as unknown as C;'],
    'non-null assertion': ['src/a.ts', 'const a = b!.c;'],
    'enum or namespace': ['src/a.ts', 'export enum A {}'],
    'default export': ['src/a.ts', 'export default a;'],
    'private keyword': ['src/a.ts', 'class A {\n  private b = 1;\n}'],
    'Math.random': ['src/a.ts', 'Math.random();'],
    'recursive mkdir': ['src/a.ts', 'await mkdir(dirname(file), { recursive: true });'],
    'a .ts file named by URL': ['src/a.ts', "new URL('./worker.ts', import.meta.url);"],
    'silenced checker': ['src/a.ts', '// oxlint-disable-next-line eslint/no-new'],
    leftover: ['src/a.ts', '// FIXME later'],
    'focused or unfinished test': ['test/a.test.ts', "test.only('a', b);"],
    'silently skipped test': ['test/a.test.ts', "test.skip('a', b);"],
    sleep: ['test/a.test.ts', 'await setTimeout(100);'],
    'mock of a module': ['test/a.test.ts', "mock.module('a');"],
    'path of one machine': ['src/a.ts', "const a = '/home/me/a';"],
  };

  test('has a bad sample for every ban of the table', () => {
    assert.deepEqual(
      Object.keys(samples),
      BANS.map(({ name }) => name),
    );
  });

  for (const ban of BANS) {
    test(`finds ${ban.name}`, () => {
      const [path, text] = samples[ban.name] ?? ['src/a.ts', ''];

      assert.equal(findBanned([toSourceFile(path, text)], [{ ...ban, allowed: {} }]).length, 1);
    });
  }

  const innocent: readonly string[] = [
    'if (a !== b) c();',
    'if (!a) b();',
    'const a = `${b}!`;',
    'const company = 1;',
    '// oxlint-disable-next-line eslint/no-new -- the constructor is the test',
    '/** Any text. */',
    'class A {\n  private constructor() {}\n}',
    "const work = './work/a';",
    "const url = 'https://example.com/home/a';",
  ];
  for (const text of innocent) {
    test(`lets pass ${text}`, () => {
      assert.deepEqual(
        findBanned([toSourceFile('src/a.ts', text)], BANS.map(withoutPermissions)),
        [],
      );
    });
  }
});

function withoutPermissions(ban: (typeof BANS)[number]): (typeof BANS)[number] {
  return { ...ban, allowed: {} };
}
