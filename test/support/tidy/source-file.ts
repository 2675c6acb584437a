/** The repository's own files, as the rules read them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { maskSource } from './mask-source.ts';

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and without what strings say; every line and column stays in its place. */
  readonly code: string;
}

export interface RepositoryFile {
  readonly path: string;
  readonly bytes: number;
}

/** What git knows or would add: ignored files are nobody's business. */
export function listRepositoryFiles(root: string): readonly RepositoryFile[] {
  const output = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return output
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, bytes: statSync(join(root, path)).size }));
}

/** Reads the TypeScript and JavaScript among them; declaration files describe others' code. */
export function readSourceFiles(
  root: string,
  files: readonly RepositoryFile[],
): readonly SourceFile[] {
  return files
    .filter(({ path }) => /(?<!\.d)\.(?:ts|mjs)$/.test(path))
    .map(({ path }) => toSourceFile(path, readFileSync(join(root, path), 'utf8')));
}

/** The texts at these paths, whatever their language. */
export function readTextFiles(
  root: string,
  files: readonly RepositoryFile[],
  paths: RegExp,
): readonly { readonly path: string; readonly text: string }[] {
  return files
    .filter(({ path }) => paths.test(path))
    .map(({ path }) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Makes a file from its text; the rules' own tests build their bad samples with it. */
export function toSourceFile(path: string, text: string): SourceFile {
  return { path, text, code: maskSource(text) };
}

/** Says where something was found: `src/a.ts:12`. */
export function place(file: SourceFile, index: number): string {
  let line = 1;
  for (
    let at = file.text.indexOf('\n');
    at !== -1 && at < index;
    at = file.text.indexOf('\n', at + 1)
  ) {
    line += 1;
  }
  return `${file.path}:${line}`;
}
