/**
 * Counts what a commit changed against its first parent: files from the folders, lines from the files. A mirror has neither, so
 * both are fetched by their ids, in bounds; what is too large to be counted is `null`, never a small number.
 *
 * Against the first parent, a merge is what it brings to the branch. A rename without a change of content is one file without
 * lines; any other is a file that was deleted and one that was added.
 */
import { mirrorDamaged, type RevisionFailure } from './mirror-failure.ts';
import { parseNumstat, type ChangedFile } from './parse-numstat.ts';
import { parseObjectOutput } from './parse-object-output.ts';
import { parseRawDiff, type ChangedEntry } from './parse-raw-diff.ts';
import { explainOutcome, remainingMs, type ReadContext } from './read-revision.ts';
import type { RemoteAccess } from './remote-access.ts';
import { MIRROR_LIMITS } from './settings.ts';

/** What a commit changed against its first parent, or against nothing. */
export interface CommitChanges {
  readonly filesCount: number;
  /** Of all files but the uncounted ones; `null` where there are too many files, or they could not be fetched. */
  readonly linesAdded: number | null;
  readonly linesDeleted: number | null;
  /** Files whose lines are not counted: binary ones, and those above 1 MiB. All, where no lines are counted. */
  readonly uncountedFilesCount: number;
  /** The first ones in the order of their paths. */
  readonly files: readonly ChangedFile[];
  /** Files are missing in the list, or their lines. */
  readonly truncated: boolean;
}

export type ChangesReading =
  | { readonly status: 'counted'; readonly changes: CommitChanges }
  /** Final: the server does not give what is needed, or it is too large. */
  | { readonly status: 'uncountable'; readonly reason: string }
  | Extract<RevisionFailure, { readonly status: 'unavailable' }>;

const FILES_MAX = MIRROR_LIMITS['mirrors.changedFilesMax'].default;
const BYTES_MAX = MIRROR_LIMITS['mirrors.changesBytesMax'].default;
const LISTED_MAX = MIRROR_LIMITS['mirrors.listedFilesMax'].default;
const PATHS_BYTES_MAX = MIRROR_LIMITS['mirrors.listedPathsBytesMax'].default;
/** The folder without a file, which git knows without having it: the hash of an empty tree object. */
const EMPTY_TREES: Readonly<Record<number, string>> = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** Counts in the mirror; what it lacks is fetched. */
export async function readRemoteChanges(
  objectId: string,
  access: RemoteAccess,
  context: ReadContext,
): Promise<ChangesReading> {
  const commit = await findCommit(objectId, access, context);
  if (commit.status !== 'read') return finalOf(commit);
  const before = await findBefore(commit, access, context);
  if (before.status !== 'read') return finalOf(before);
  const trees = [before.tree, commit.tree] as const;
  const entries = await listChanged(trees, access, context);
  if (!Array.isArray(entries)) return finalOf(entries);
  const counted = await countLines({ trees, entries }, access, context);
  if (counted !== undefined && !Array.isArray(counted)) return counted;
  return { status: 'counted', changes: summarize(entries, counted) };
}

type Failure = RevisionFailure | { readonly status: 'uncountable'; readonly reason: string };
type Trees = readonly [before: string, after: string];

interface ReadCommit {
  readonly status: 'read';
  readonly tree: string;
  readonly parent: string | undefined;
}

async function findBefore(
  { tree, parent }: ReadCommit,
  access: RemoteAccess,
  context: ReadContext,
): Promise<ReadCommit | Failure> {
  if (parent !== undefined) return await findCommit(parent, access, context);
  return { status: 'read', tree: EMPTY_TREES[tree.length] ?? '', parent };
}

/** From its bytes: in a shallow mirror, git takes the oldest commit for one that has no parent. */
async function findCommit(
  objectId: string,
  access: RemoteAccess,
  context: ReadContext,
): Promise<ReadCommit | Failure> {
  const { mirror } = context;
  if (!(await mirror.hasObject(objectId))) {
    const request = { tips: [], objectId, depth: 1, timeoutMs: remainingMs(context) };
    const fetched = await mirror.fetch(access, request);
    context.onFetch(fetched.status);
    if (fetched.status !== 'done') return explainOutcome(fetched, access);
  }
  const outcome = await mirror.readObject(objectId);
  if (outcome.status !== 'done') return explainOutcome(outcome, access);
  const parsed = parseObjectOutput(outcome.output, objectId);
  const text = parsed.status === 'found' ? Buffer.from(parsed.bytes).toString('latin1') : '';
  const found = COMMIT_START.exec(text)?.groups;
  const tree = found?.['tree'];
  // The ids of a commit are of one length.
  return tree?.length === objectId.length
    ? { status: 'read', tree, parent: found?.['parent'] }
    : mirrorDamaged('The commit cannot be read');
}

const COMMIT_START = /^tree (?<tree>[0-9a-f]+)\n(?:parent (?<parent>[0-9a-f]+)\n)?/u;

/** The changed files; the folders are fetched where the mirror lacks them. */
async function listChanged(
  trees: Trees,
  access: RemoteAccess,
  context: ReadContext,
): Promise<ChangedEntry[] | Failure> {
  const { mirror } = context;
  let listed = await mirror.listChanged(trees);
  if (listed.status === 'failed') {
    const fetched = await mirror.fetchObjects(access, trees.filter(isStored), {
      filter: 'blob:none',
      bytesMax: BYTES_MAX,
      timeoutMs: remainingMs(context),
    });
    context.onFetch(fetched.status);
    if (fetched.status === 'file-exceeded') return uncountable('The folders are too large');
    if (fetched.status !== 'done') return explainOutcome(fetched, access);
    listed = await mirror.listChanged(trees);
  }
  if (listed.status === 'output-exceeded') return uncountable('It changes too many files');
  if (listed.status !== 'done') return explainOutcome(listed, access);
  const entries = parseRawDiff(listed.output);
  return entries === undefined ? mirrorDamaged('The changes cannot be read') : [...entries];
}

/** The lines of every file; `undefined` where they are not counted. */
async function countLines(
  { trees, entries }: { readonly trees: Trees; readonly entries: readonly ChangedEntry[] },
  access: RemoteAccess,
  context: ReadContext,
): Promise<ChangedFile[] | undefined | Extract<Failure, { readonly status: 'unavailable' }>> {
  if (entries.length > FILES_MAX) return undefined;
  const { mirror } = context;
  const missing = await mirror.listMissing([...new Set(entries.flatMap(({ blobIds }) => blobIds))]);
  if (missing === undefined) return undefined;
  if (missing.length > 0) {
    const fetched = await mirror.fetchObjects(access, missing, {
      filter: 'tree:0',
      bytesMax: BYTES_MAX,
      timeoutMs: remainingMs(context),
    });
    context.onFetch(fetched.status);
    if (fetched.status === 'file-exceeded') return undefined;
    if (fetched.status !== 'done') {
      const failure = explainOutcome(fetched, access);
      return failure.status === 'unavailable' ? failure : undefined;
    }
  }
  const outcome = await mirror.countLines(trees);
  const files = outcome.status === 'done' ? parseNumstat(outcome.output) : undefined;
  // Another number of files would be another comparison.
  return files?.length === entries.length ? [...files] : undefined;
}

function summarize(
  entries: readonly ChangedEntry[],
  counted: readonly ChangedFile[] | undefined,
): CommitChanges {
  const files =
    counted ?? entries.map(({ path }) => ({ path, linesAdded: null, linesDeleted: null }));
  const listed = listFirst(files);
  return {
    filesCount: entries.length,
    linesAdded: counted === undefined ? null : sum(counted, 'linesAdded'),
    linesDeleted: counted === undefined ? null : sum(counted, 'linesDeleted'),
    uncountedFilesCount: files.filter(({ linesAdded }) => linesAdded === null).length,
    files: listed,
    truncated: listed.length < files.length || counted === undefined,
  };
}

/** A path may have thousands of characters. */
function listFirst(files: readonly ChangedFile[]): readonly ChangedFile[] {
  let left = PATHS_BYTES_MAX;
  const listed: ChangedFile[] = [];
  for (const file of files.slice(0, LISTED_MAX)) {
    left -= Buffer.byteLength(file.path);
    if (left < 0) break;
    listed.push(file);
  }
  return listed;
}

function sum(files: readonly ChangedFile[], count: 'linesAdded' | 'linesDeleted'): number {
  return files.reduce((total, file) => total + (file[count] ?? 0), 0);
}

function isStored(tree: string): boolean {
  return tree !== EMPTY_TREES[tree.length];
}

function uncountable(reason: string): Failure {
  return { status: 'uncountable', reason };
}

/** A server that does not give what it has named will not give it later either. */
function finalOf(failure: Failure): ChangesReading {
  return failure.status === 'rejected'
    ? { status: 'uncountable', reason: failure.reason }
    : failure;
}
