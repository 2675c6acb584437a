/** Who imports what. */
import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';
import { place } from './source-file.ts';

export interface Import {
  readonly specifier: string;
  /** The imported file relative to the root; undefined for packages and `node:` modules. */
  readonly target: string | undefined;
  /** Erased before the program runs: `import type`, `export type … from`. */
  readonly typeOnly: boolean;
  /** Loaded when it is called for: `import('…')`. */
  readonly dynamic: boolean;
  /** What stands between `import` and `from`. */
  readonly clause: string;
  readonly place: string;
}

/** A static import or re-export, and a dynamic import of a literal. */
const IMPORT =
  /^(?<statement>import|export)\s(?<clause>(?:type\s)?[\w\s{},*$]*?)\bfrom\s*(?=['"])|^import\s*(?=['"])|\bimport\(\s*(?=['"])/gm;

/** Every import of a file. */
export function listImports(file: SourceFile): readonly Import[] {
  return [...file.code.matchAll(IMPORT)].map((match) => {
    const quoteAt = match.index + match[0].length;
    const quote = file.text[quoteAt] ?? "'";
    const specifier = file.text.slice(quoteAt + 1, file.text.indexOf(quote, quoteAt + 1));
    const clause = (match.groups?.['clause'] ?? '').trim();
    return {
      specifier,
      target: resolveTarget(file.path, specifier),
      typeOnly: /^type\s/.test(clause),
      dynamic: match[0].startsWith('import('),
      clause,
      place: place(file, match.index),
    };
  });
}

/** The package of a specifier: `@scope/name` or `name`; undefined for files and `node:` modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

function resolveTarget(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}
