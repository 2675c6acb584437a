/**
 * An example for each key of the configuration, from configurations that are valid as a whole: the YAML of the guides, and
 * docs/examples/configuration.yaml for what they do not show. A test parses all of them.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../../src/base/parse-yaml.ts';
import { listYamlBlocks } from './claims.ts';
import type { SchemaKey } from './schema-keys.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** From the root of the repository. */
export const EXAMPLES_FILE = 'docs/examples/configuration.yaml';

const objectSchema = z.record(z.string(), z.unknown());

/** Each document of the file of examples, as text. */
export function listExampleDocuments(): readonly string[] {
  return readFileSync(join(ROOT, EXAMPLES_FILE), 'utf8').split('\n---\n');
}

/** By path, and where a list has members of several types, by path and type: `audit.sinks[].url(loki)`. */
function collectExamples(): ReadonlyMap<string, unknown> {
  const guides = globSync(['README.md', 'docs/*.md', 'docs/operations/*.md'], { cwd: ROOT });
  const texts = guides
    .toSorted()
    .flatMap((path) => listYamlBlocks(readFileSync(join(ROOT, path), 'utf8')));
  const examples = new Map<string, unknown>();
  // The guides explain their examples; the file is for the rest.
  for (const text of [...texts, ...listExampleDocuments()]) {
    const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
    if (parsed.ok) collect(parsed.documents[0]?.value, { path: '', type: undefined }, examples);
  }
  return examples;
}

interface Place {
  readonly path: string;
  readonly type: string | undefined;
}

function collect(value: unknown, { path, type }: Place, examples: Map<string, unknown>): void {
  for (const key of [path, formatKey(path, type)]) {
    if (!examples.has(key)) examples.set(key, value);
  }
  if (Array.isArray(value)) {
    for (const member of value) {
      const own = objectSchema.safeParse(member).data?.['type'];
      const place = { path: `${path}[]`, type: typeof own === 'string' ? own : type };
      collect(member, place, examples);
    }
    return;
  }
  for (const [key, member] of Object.entries(objectSchema.safeParse(value).data ?? {})) {
    collect(member, { path: path === '' ? key : `${path}.${key}`, type }, examples);
    // Names that the user chooses stand for NAME.
    collect(member, { path: `${path}.NAME`, type }, examples);
  }
}

function formatKey(path: string, type: string | undefined): string {
  return type === undefined ? path : `${path}(${type})`;
}

const EXAMPLES = collectExamples();

/** Whether a key holds something of its own, and not only further keys. */
export function isLeaf({ type }: Pick<SchemaKey, 'type'>): boolean {
  return !/^(?:object|list of objects|map to objects|map to any value)/u.test(type);
}

/** As JSON; `undefined` where there is none. */
export function findExample(key: SchemaKey): string | undefined {
  if (!isLeaf(key)) return undefined;
  const { path, alternative, type, default: fallback } = key;
  const shown = EXAMPLES.get(formatKey(path, alternative)) ?? EXAMPLES.get(path);
  if (shown !== undefined) return JSON.stringify(shown);
  return fallback ?? findExampleOfType(type);
}

/** What a type says by itself: its first word, its least number. */
function findExampleOfType(type: string): string | undefined {
  if (type === 'boolean') return 'true';
  const { word, number, list } =
    /^(?:(?<word>"[^"]*")|integer, (?<number>\d+) to|list of (?<list>"[^"]+"))/u.exec(type)
      ?.groups ?? {};
  return word ?? number ?? (list === undefined ? undefined : `[${list}]`);
}
