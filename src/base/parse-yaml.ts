/**
 * Parses untrusted YAML and keeps the positions. The only importer of `yaml`.
 *
 * Sources: YAML 1.2.2; for manifests the dialect that kubectl reads (sigs.k8s.io/yaml, go-yaml 2).
 */
import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  stringify,
  type Document,
  type DocumentOptions,
  type Node,
  type ParseOptions,
  type SchemaOptions,
  type Tags,
} from 'yaml';

/** A position in a text; line and column count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the outermost value. */
export type ValuePath = readonly (string | number)[];

export interface YamlFault extends TextPosition {
  readonly message: string;
}

export interface YamlDocument {
  readonly value: unknown;
  /** The position of the value or its key; the nearest enclosing position if it is absent. */
  readonly locate: (path: ValuePath, part: 'key' | 'value') => TextPosition;
}

export type ParsedYaml =
  | { readonly ok: true; readonly documents: readonly YamlDocument[] }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

export interface YamlOptions {
  /**
   * `strict`: YAML 1.2. `kubernetes`: as kubectl reads manifests, where `yes` is true and `0755` is octal. `gator`: as it reads suites,
   * YAML 1.2 with `<<` (go-yaml 3).
   */
  readonly dialect: 'strict' | 'kubernetes' | 'gator';
  /**
   * The maximum number of nodes from aliases; guards against the "billion laughs" attack, a small text that
   * expands without bound.
   */
  readonly aliasesMax: number;
  /**
   * `exact`: integers are bigints; else those beyond 2^53 are rounded.
   * @default number
   */
  readonly integers?: 'number' | 'exact';
}

/** Parses every document of the text. Never throws: faults are values. */
export function parseYaml(
  text: string,
  { dialect, aliasesMax, integers = 'number' }: YamlOptions,
): ParsedYaml {
  const lines = new LineCounter();
  try {
    const documents: readonly Document.Parsed[] = parseAllDocuments(text, {
      ...dialectOptions(dialect),
      intAsBigInt: integers === 'exact',
      lineCounter: lines,
    });
    const faults = documents
      .flatMap(({ errors, warnings }) => [...errors, ...warnings])
      .map(({ message, pos }) => faultAt(message, position(lines, pos[0])));
    if (faults.some(isStackOverflow)) return { ok: false, faults: [NESTED_TOO_DEEP] };
    if (faults.length > 0) return { ok: false, faults };
    const read = documents.map((document) => readDocument(document, lines, aliasesMax));
    return read.some(({ value }) => isDeeperThan(value, DEPTH_MAX))
      ? { ok: false, faults: [NESTED_TOO_DEEP] }
      : { ok: true, documents: read };
  } catch {
    const message = `Cannot expand the aliases: one names no anchor, or they stand for more than ${aliasesMax} values`;
    return { ok: false, faults: [{ message, line: 1, column: 1 }] };
  }
}

/** Deeper than every manifest, and safe for recursive readers. */
const DEPTH_MAX = 500;

const NESTED_TOO_DEEP: YamlFault = {
  message: 'The text is nested too deep, or an alias stands for itself',
  line: 1,
  column: 1,
};

function faultAt(message: string, { line, column }: TextPosition): YamlFault {
  return { message: message.replace(/[.:]$/u, ''), line, column };
}

/** The library reports errors of its own recursion among the faults of the text. */
function isStackOverflow({ message }: YamlFault): boolean {
  return message.includes('call stack');
}

/** Writes a value as YAML that reads back as the same value; in the dialect `kubernetes` by its readers, too, which take `off` for false. */
export function formatYaml(value: unknown, dialect: 'strict' | 'kubernetes' = 'strict'): string {
  const options = { lineWidth: 100, aliasDuplicateObjects: false };
  return stringify(value, dialect === 'strict' ? options : { ...options, version: '1.1' });
}

function dialectOptions(
  dialect: YamlOptions['dialect'],
): ParseOptions & DocumentOptions & SchemaOptions {
  // Duplicate keys are refused: two readers may see different values.
  const common = { uniqueKeys: true, prettyErrors: false, logLevel: 'error' } as const;
  return dialect !== 'kubernetes'
    ? { ...common, version: '1.2', schema: 'core', strict: true, merge: dialect === 'gator' }
    : { ...common, version: '1.1', schema: 'yaml-1.1', strict: true, customTags: kubectlTags };
}

/**
 * Types that JSON does not have: go-yaml has no sexagesimal numbers, and a timestamp becomes a string in
 * JSON.
 */
const TAGS_WITHOUT_JSON: ReadonlySet<string> = new Set(
  ['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
);

function kubectlTags(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      !(TAGS_WITHOUT_JSON.has(tag.tag) || ('format' in tag && tag.format === 'TIME')),
  );
}

/** An alias within its own anchor makes a cyclic value; recursive readers would overflow the stack. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

function readDocument(
  document: Document.Parsed,
  lines: LineCounter,
  aliasesMax: number,
): YamlDocument {
  return {
    value: document.toJS({ maxAliasCount: aliasesMax }),
    locate: (path, part) => position(lines, findOffset(document.contents, path, part)),
  };
}

function findOffset(root: Node | null, path: ValuePath, part: 'key' | 'value'): number {
  let node: unknown = root;
  let offset = startOf(root, 0);
  for (const [depth, segment] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyText(key) === String(segment));
      if (pair === undefined) return offset;
      offset = startOf(
        isLast && part === 'value' ? pair.value : pair.key,
        startOf(pair.key, offset),
      );
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      node = node.items[Number(segment)];
      offset = startOf(node, offset);
    } else {
      return offset;
    }
  }
  return offset;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function startOf(node: unknown, otherwise: number): number {
  return isNode(node) && Array.isArray(node.range) ? node.range[0] : otherwise;
}

function position(lines: LineCounter, offset: number): TextPosition {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
