/** Finds the suites of a path: a file, the files of a folder, or with `/...` those of all folders below it too. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { HoldfastError } from '../../../errors.ts';
import { parseDocument } from '../parse-objects.ts';
import { isSuite, parseSuite, type Suite } from './parse-suite.ts';

export interface FoundSuite {
  /** The file; its folder is where the paths of the suite begin. */
  readonly file: string;
  /** The file as the person who asked would name it. */
  readonly path: string;
  readonly suite: Suite;
}

const RECURSIVE = '/...';
const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml']);
/** A suite or a sample; far larger than any. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 100_000;

/** In the order of their paths. Throws `argument_invalid` for what is no suite, and where nothing can be read. */
export async function findSuites(path: string, resolvePath: (path: string) => string) {
  const isRecursive = path.endsWith(RECURSIVE);
  const named = isRecursive ? path.slice(0, -'...'.length) : path;
  const root = resolvePath(named);
  const isFolder = (await statOf(root, named)).isDirectory();
  if (!isFolder && isRecursive) throw invalid(`"${named}" is no folder: leave "..." out`);
  if (!isFolder && !isYaml(root)) throw invalid(`"${path}" is no YAML file`);
  const files = isFolder ? await listFiles(root, isRecursive) : [''];
  const suites: FoundSuite[] = [];
  for (const file of files) {
    const absolute = file === '' ? root : join(root, file);
    const suite = await readSuite(absolute);
    const shown = file === '' ? named : `${named.replace(/\/$/u, '')}/${file}`;
    if (suite !== undefined) suites.push({ file: absolute, path: shown, suite });
  }
  return suites;
}

async function statOf(path: string, shown: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw new HoldfastError('argument_invalid', `"${shown}" cannot be read`, { cause });
  }
}

async function listFiles(folder: string, recursive: boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true });
  if (entries.length > FILES_MAX) throw invalid(`"${folder}" has more than ${FILES_MAX} files`);
  return entries
    .filter((entry) => !entry.isDirectory() && isYaml(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\//u, ''))
    .toSorted();
}

function isYaml(path: string): boolean {
  return EXTENSIONS.has(extname(path));
}

async function readSuite(file: string): Promise<Suite | undefined> {
  const parsed = parseDocument(await readText(file));
  if (!parsed.ok) throw invalid(`"${file}" is no YAML: ${parsed.problem}`);
  if (!isSuite(parsed.value)) return undefined;
  const suite = parseSuite(parsed.value);
  if (typeof suite !== 'string') return suite;
  throw invalid(`"${file}" is no suite: ${suite}`);
}

/** Throws where it is larger than a sample is. */
export async function readText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > FILE_BYTES_MAX) throw invalid(`"${file}" is larger than ${FILE_BYTES_MAX} bytes`);
  return readFile(file, 'utf8');
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('argument_invalid', message);
}
