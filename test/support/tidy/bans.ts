/** The table of bans. A permission carries its reason, and one that nothing needs fails the test. */
import type { Ban } from './banned.ts';

const EVERYWHERE = /^(?:src|test)\//;
const SOURCES = /^src\/.*\.ts$/;
const TESTS = /^test\/.*\.test\.ts$/;
/** The rules and their samples spell out what they look for. */
const NOT_RULES = /^(?!test\/support\/tidy\/)/;

/** Calls and words, each with its replacement. */
export const BANS: readonly Ban[] = [
  {
    name: 'console',
    pattern: /\bconsole\.\w+/g,
    instead: 'use the logger of telemetry/, or the output that the command was given',
    files: SOURCES,
  },
  {
    name: 'process.stdout',
    pattern: /\bprocess\.(?:stdout|stderr|stdin)\b/g,
    instead: 'write to the output that cli/ was given',
    files: /^src\/(?!cli\/|main\.ts$|compose\/).*\.ts$/,
  },
  {
    name: 'process.exit',
    pattern: /\bprocess\.exit\b|\bprocess\.exitCode\b/g,
    instead: 'return an exit code; main.ts alone sets it',
    files: /^src\/(?!main\.ts$).*\.ts$/,
  },
  {
    name: 'code from text',
    pattern: /\bnew Function\(|\beval\(|\bvm\.run\w*\(/g,
    instead: 'write the function',
    files: EVERYWHERE,
  },
  {
    name: 'JSON.parse in the request path',
    pattern: /\bJSON\.parse\b/g,
    instead: 'read request bytes with base/strict-json: two readers must not see two documents',
    files: /^src\/(?:admission|server|identity|ownership|source)\//,
  },
  {
    name: 'any',
    pattern: /\bas any\b|: any\b|<any>/g,
    instead: 'use unknown, and parse it',
    files: EVERYWHERE,
  },
  {
    name: 'as never',
    pattern: /\bas never\b|\bas unknown as\b/g,
    instead: 'parse the value, or fix the type',
    files: SOURCES,
  },
  {
    name: 'non-null assertion',
    pattern: /[\w)\]]!(?=[.,;)\]\s[])(?!\s*=)/g,
    instead: 'handle undefined, or assert with a message',
    files: EVERYWHERE,
  },
  {
    name: 'enum or namespace',
    pattern: /^(?:export )?(?:declare )?(?:const )?(?:enum|namespace) \w+/gm,
    instead: 'use a union of literals',
    files: EVERYWHERE,
  },
  {
    name: 'default export',
    pattern: /^export default\b/gm,
    instead: 'export it by name',
    files: EVERYWHERE,
  },
  {
    name: 'private keyword',
    pattern: /^\s+(?:private|protected)\s+(?!constructor\b)/gm,
    instead: 'use a #private name: the language keeps it private, not only the compiler',
    files: EVERYWHERE,
  },
  {
    name: 'Math.random',
    pattern: /\bMath\.random\b/g,
    instead: 'use node:crypto: what looks harmless becomes an identifier one day',
    files: SOURCES,
  },
  {
    name: 'recursive mkdir',
    pattern: /\bmkdir(?:Sync)?\((?:[^()]|\([^()]*\))*\brecursive\b/g,
    instead:
      'call makeFolder of base/: where a file system takes no folders, such as /proc, Node tries again for ever',
    files: SOURCES,
  },
  {
    name: 'a .ts file named by URL',
    pattern: /new URL\(\s*['"`][^'"`]*\.ts['"`]/g,
    instead: "take the ending from import.meta.url: in dist/ it is '.js'",
    files: SOURCES,
    search: 'text',
  },
  {
    name: 'silenced checker',
    pattern:
      /@ts-(?:ignore|nocheck|expect-error)|(?:oxlint|eslint)-disable(?!-next-line [\w/-]+ -- \w)|(?:c8|v8|istanbul) ignore/g,
    instead: 'fix what it says, or disable one rule for the next line with -- and the reason',
    files: NOT_RULES,
    search: 'text',
  },
  {
    name: 'leftover',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g,
    instead: 'do it, or leave it',
    files: NOT_RULES,
    search: 'text',
  },
  {
    name: 'focused or unfinished test',
    pattern: /\b(?:test|it|describe|suite)\.(?:only|todo)\(|\{ (?:only|todo):/g,
    instead: 'run every test, and finish each',
    files: TESTS,
  },
  {
    name: 'silently skipped test',
    pattern: /\b(?:test|it|describe|suite|t|context)\.skip\(/g,
    instead: 'make what it needs, or pass { skip: "the reason" }',
    files: TESTS,
  },
  {
    name: 'sleep',
    pattern: /\bawait (?:setTimeout|delay|sleep|pause)\(/g,
    instead: 'wait for the condition (test/support)',
    files: TESTS,
  },
  {
    name: 'mock of a module',
    pattern: /\bmock\.(?:module|method)\(/g,
    instead: 'pass the port, or use the real thing',
    files: TESTS,
  },
  {
    name: 'path of one machine',
    pattern: /(?<![\w.])\/(?:work|root|home\/\w+)\/[\w.]/g,
    instead: 'take the path from the repository root, the home or the cache folder',
    files: NOT_RULES,
    search: 'text',
  },
];
