/** Pure files: values in, values out. */
import { isPureFile } from '../runner/decide-coverage.ts';
import { listImports, packageOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { SourceFile } from './source-file.ts';
import { place } from './source-file.ts';

/** Modules that compute and touch nothing. */
const HARMLESS_MODULES = new Set([
  'node:assert',
  'node:assert/strict',
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:path/posix',
  'node:url',
  'node:util',
]);
/** Packages that compute and touch nothing. */
const HARMLESS_PACKAGES = new Set(['diff', 'node-forge', 're2js', 'yaml', 'zod']);
/** What of node:net opens no socket. */
const HARMLESS_NET = /^\{ (?:(?:BlockList|isIP(?:v[46])?)(?:, )?)+ \}$/;

const EFFECTS: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/g,
    instead: 'take nowMs as an argument',
  },
  {
    pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\brandomInt\b|\bgetRandomValues\b/g,
    instead: 'take the random value as an argument',
  },
  {
    pattern: /\bprocess\.(?:env|argv|cwd|stdout|stderr|exit|exitCode)\b/g,
    instead: 'take the value as an argument',
  },
  {
    pattern: /\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(|\bfetch\(/g,
    instead: 'let the shell wait and call',
  },
  { pattern: /\bconsole\./g, instead: 'return the text' },
];

/** Every clock, random value, environment or I/O in a pure file, or in what it imports. */
export function findImpurities(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pure = files.filter(({ path }) => path.startsWith('src/') && isPureFile(path));
  return [
    ...pure.flatMap(findEffects),
    ...pure.flatMap((file) => findEffectfulImports(file, byPath)),
  ];
}

function findEffects(file: SourceFile): readonly string[] {
  return EFFECTS.flatMap(({ pattern, instead }) =>
    [...file.code.matchAll(pattern)].map(
      (match) => `${place(file, match.index)}: "${match[0]}" in a pure file: ${instead}`,
    ),
  );
}

interface Reached {
  readonly file: SourceFile;
  /** How the file is reached: `a.ts → b.ts`. */
  readonly chain: string;
}

/** Follows value imports: a pure file that calls a file that reads the disk is not pure. */
function findEffectfulImports(
  start: SourceFile,
  byPath: ReadonlyMap<string, SourceFile>,
): readonly string[] {
  const found: string[] = [];
  const seen = new Set([start.path]);
  const queue: Reached[] = [{ file: start, chain: start.path }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { file, chain } = next;
    const imports = listImports(file).filter(({ typeOnly }) => !typeOnly);
    found.push(...imports.filter(isEffectful).map((entry) => describe(chain, entry)));
    for (const { target = '' } of imports) {
      const reached = byPath.get(target);
      if (reached === undefined || seen.has(target)) continue;
      seen.add(target);
      queue.push({ file: reached, chain: `${chain} → ${target}` });
    }
  }
  return found;
}

function isEffectful({ specifier, target, clause }: Import): boolean {
  if (target !== undefined) return false;
  const name = packageOf(specifier);
  if (name !== undefined) return !HARMLESS_PACKAGES.has(name);
  if (specifier === 'node:net') return !HARMLESS_NET.test(clause);
  return !HARMLESS_MODULES.has(specifier);
}

function describe(chain: string, { specifier }: Import): string {
  return `${chain} → "${specifier}": a pure file must not reach I/O; pass the value in`;
}
