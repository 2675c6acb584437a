/** Imports point one way. */
import { listImports, packageOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { SourceFile } from './source-file.ts';

export interface LayerTable {
  /** From the bottom to the top; a room may import rooms of lower layers, and itself. */
  readonly layers: readonly (readonly string[])[];
  /** Rooms of one layer that meet as ports: they may share types, and never import each other's code. */
  readonly features: readonly string[];
  /** Files that may import upwards, for types alone: `from → to`, with the reason. */
  readonly typeExceptions: Readonly<Record<string, string>>;
}

/** The room of a path: `src/policy/engine/pool.ts` → `policy`, `src/errors.ts` → `errors`. */
export function roomOf(path: string): string {
  const parts = path.split('/');
  return (parts[1] ?? '').replace(/\.(?:ts|mjs)$/, '');
}

/** Every import that points up or sideways, with what to do instead. */
export function findLayerViolations(
  files: readonly SourceFile[],
  table: LayerTable,
): readonly string[] {
  const used = new Set<string>();
  const violations = files
    .filter(({ path }) => path.startsWith('src/') && path.endsWith('.ts'))
    .flatMap((file) =>
      listImports(file).flatMap((entry) => {
        if (entry.target === undefined) return [];
        return judgeImport(file.path, entry, { table, used });
      }),
    );
  const stale = Object.keys(table.typeExceptions).filter((key) => !used.has(key));
  return [
    ...violations,
    ...stale.map((key) => `layer exception "${key}" is not needed: remove it`),
  ];
}

function judgeImport(
  path: string,
  entry: Import,
  context: { readonly table: LayerTable; readonly used: Set<string> },
): readonly string[] {
  const { table, used } = context;
  const target = entry.target ?? '';
  if (!target.startsWith('src/')) return [`${entry.place}: src must not import "${target}"`];
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === to) return [];
  const fromRank = rankOf(from, table);
  const toRank = rankOf(to, table);
  if (fromRank === -1 || toRank === -1) {
    const room = fromRank === -1 ? from : to;
    return [
      `${entry.place}: the room "${room}" is in no layer: add it to the table of test/tidy.test.ts`,
    ];
  }
  if (fromRank > toRank) return [];
  if (fromRank === toRank && entry.typeOnly) return [];
  const key = `${from} → ${to}`;
  if (entry.typeOnly && table.typeExceptions[key] !== undefined) {
    used.add(key);
    return [];
  }
  const remedy =
    table.features.includes(from) && table.features.includes(to)
      ? 'let them meet as a port in admission/ that compose/ binds'
      : 'move what both need down a layer';
  return [`${entry.place}: "${from}" must not import "${to}": ${remedy}`];
}

function rankOf(room: string, table: LayerTable): number {
  return table.layers.findIndex((layer) => layer.includes(room));
}

/** Each third-party package has one importing file in src, which wraps it; types may be named anywhere. */
export function findSharedLibraries(
  files: readonly SourceFile[],
  exemptions: Readonly<Record<string, string>>,
): readonly string[] {
  const importers = new Map<string, Set<string>>();
  for (const file of files) {
    if (!file.path.startsWith('src/')) continue;
    for (const { specifier, typeOnly } of listImports(file)) {
      const name = packageOf(specifier);
      if (name === undefined || typeOnly) continue;
      importers.set(name, (importers.get(name) ?? new Set()).add(file.path));
    }
  }
  return [...importers]
    .filter(([name, paths]) => paths.size > 1 && exemptions[name] === undefined)
    .map(
      ([name, paths]) =>
        `"${name}" is imported by ${[...paths].toSorted().join(', ')}: let one file wrap it`,
    );
}
