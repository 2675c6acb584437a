/**
 * The one importer of the TUF library: from a root that is trusted to a target that the repository has now.
 *
 * The library reads metadata from a folder and writes there what it has verified. It gets a folder of its own for each refresh:
 * it writes in place, and a process that is killed meanwhile must not lose what protects it from a rollback. It never follows
 * delegations here: the target must be in the top-level targets.
 *
 * Source: The Update Framework specification 1.0, "Detailed client workflow" (section 5).
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Updater, type Fetcher, type TargetFile } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { errorCode, errorText } from '../base/error-details.ts';
import { makeFolder } from '../base/make-folder.ts';
import { printable } from '../base/printable.ts';
import { TUF_LIMITS } from './settings.ts';

/** Roles at the top level. */
export const TUF_ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;

/** Documents that were verified, by their role. A root is always there. */
export interface TufMetadata {
  readonly root: string;
  readonly timestamp?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly targets?: string | undefined;
}

export type DownloadAnswer =
  | { readonly status: 'downloaded'; readonly bytes: Uint8Array }
  /** The mirror has no such file, or does not show it. */
  | { readonly status: 'absent' }
  /** One sentence without a period. */
  | { readonly status: 'failed'; readonly reason: string };

/** Never rejects, and ends within a time and the bytes. */
export type Download = (url: URL, bytesMax: number) => Promise<DownloadAnswer>;

export interface TufQuestion {
  /** Where the metadata is; targets are in the folder `targets` below it. */
  readonly mirror: string;
  /** The name of the target. */
  readonly target: string;
  readonly targetBytesMax: number;
  /** What is trusted so far. */
  readonly metadata: TufMetadata;
  /** A folder for this refresh alone: what is in it is removed. */
  readonly scratchFolder: string;
  readonly download: Download;
  /** @default the limit `tuf.refreshTimeoutMs` */
  readonly timeoutMs?: number | undefined;
}

export type TufAnswer =
  | { readonly status: 'fetched'; readonly metadata: TufMetadata; readonly target: Buffer }
  | {
      readonly status: 'failed';
      /** One sentence without a period. */
      readonly reason: string;
      /** What was verified before it failed counts against a rollback. */
      readonly metadata: TufMetadata;
    };

const FILE_BYTES_MAX = TUF_LIMITS['tuf.fileBytesMax'].default;
const TIMEOUT_MS = TUF_LIMITS['tuf.refreshTimeoutMs'].default;
// A message of the library can repeat a part of a document.
const REASON_CHARS_MAX = 300;
/** What the library takes for "there is no newer root" (section 5.3.3). */
const NOT_FOUND = 404;
const TARGET_NAME = 'target';
/** A hash of another algorithm says nothing. */
const HASHES = ['sha256', 'sha512'];

/** Refreshes the metadata, and reads the target. Never rejects. */
export async function refreshTuf(question: TufQuestion): Promise<TufAnswer> {
  const { scratchFolder, metadata, download, timeoutMs = TIMEOUT_MS } = question;
  const fetcher = new BoundedFetcher({ download, timeoutMs, folder: scratchFolder });
  try {
    await openScratch(scratchFolder, metadata);
    const target = await fetchTarget(question, fetcher);
    return { status: 'fetched', target, metadata: await readScratch(scratchFolder, metadata) };
  } catch (error) {
    // The library wraps what the mirror did in messages of its own.
    const reason = fetcher.failure ?? formatReason(error);
    return { status: 'failed', reason, metadata: await readScratch(scratchFolder, metadata) };
  } finally {
    fetcher.close();
    await rm(scratchFolder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Why these bytes are no root that is signed by its own keys; `undefined` if they are. It may be expired: the mirror has newer ones. */
export async function findTufRootFault(
  root: string,
  scratchFolder: string,
): Promise<string | undefined> {
  try {
    await openScratch(scratchFolder, { root });
    openUpdater({ metadataDir: scratchFolder, metadataBaseUrl: 'https://localhost' });
    return undefined;
  } catch (error) {
    return formatReason(error);
  } finally {
    await rm(scratchFolder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Throws where the root in the folder is none. */
function openUpdater(options: ConstructorParameters<typeof Updater>[0]): Updater {
  return new Updater(options);
}

async function fetchTarget(question: TufQuestion, fetcher: BoundedFetcher): Promise<Buffer> {
  const { scratchFolder, mirror, target, targetBytesMax } = question;
  const base = mirror.replace(/\/+$/u, '');
  const updater = openUpdater({
    metadataDir: scratchFolder,
    metadataBaseUrl: base,
    targetBaseUrl: `${base}/targets`,
    fetcher,
    config: {
      maxRootRotations: TUF_LIMITS['tuf.rootRotationsMax'].default,
      maxDelegations: 0,
      rootMaxLength: FILE_BYTES_MAX,
      timestampMaxLength: FILE_BYTES_MAX,
      snapshotMaxLength: FILE_BYTES_MAX,
      targetsMaxLength: FILE_BYTES_MAX,
    },
  });
  await updater.refresh();
  const found = await updater.getTargetInfo(target);
  if (found === undefined) throw new Error(`The repository has no target "${target}"`);
  checkTarget(found, targetBytesMax);
  return await readFile(await updater.downloadTarget(found, join(scratchFolder, TARGET_NAME)));
}

function checkTarget({ path, length, hashes }: TargetFile, bytesMax: number): void {
  if (length > bytesMax) {
    throw new Error(`The target "${path}" has ${length} bytes, at most ${bytesMax} are read`);
  }
  // The library compares the hashes that are there, and accepts a target without any.
  if (HASHES.some((algorithm) => hashes[algorithm] !== undefined)) return;
  throw new Error(`The target "${path}" has no hash of SHA-256 or SHA-512`);
}

interface FetcherOptions {
  readonly download: Download;
  readonly timeoutMs: number;
  readonly folder: string;
}

/** The library's way to the mirror, through a client with limits. */
class BoundedFetcher implements Fetcher {
  readonly #options: FetcherOptions;
  readonly #overdue = Promise.withResolvers<DownloadAnswer>();
  readonly #timer: NodeJS.Timeout;
  /** What the mirror did, in words for people. */
  failure: string | undefined;

  constructor(options: FetcherOptions) {
    this.#options = options;
    const reason = `The refresh was not done within ${options.timeoutMs} ms`;
    this.#timer = setTimeout(
      () => this.#overdue.resolve({ status: 'failed', reason }),
      options.timeoutMs,
    );
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const { pathname, href } = new URL(url);
    // A length in signed metadata is a promise of the repository, and not a limit of ours.
    const bytesMax = Math.min(maxLength, FILE_BYTES_MAX);
    const downloading = this.#options.download(new URL(href), bytesMax);
    const answer = await Promise.race([downloading, this.#overdue.promise]);
    if (answer.status === 'downloaded') return Buffer.from(answer.bytes);
    if (answer.status === 'absent') {
      if (!isNextRoot(pathname)) this.failure = `The mirror has no ${pathname}`;
      throw new DownloadHTTPError('The mirror has no such file', NOT_FOUND);
    }
    this.failure = `${pathname} cannot be read: ${answer.reason}`;
    throw new Error(this.failure);
  }

  async downloadFile<Value>(
    url: string,
    maxLength: number,
    handler: (file: string) => Promise<Value>,
  ): Promise<Value> {
    const bytes = await this.downloadBytes(url, maxLength);
    const file = join(this.#options.folder, 'download');
    await writeFile(file, bytes, { mode: 0o600 });
    return await handler(file);
  }
}

/** That there is none is how a mirror says that the root is the newest. */
function isNextRoot(pathname: string): boolean {
  return /\/\d+\.root\.json$/u.test(pathname);
}

async function openScratch(folder: string, metadata: TufMetadata): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  makeFolder(folder, { mode: 0o700 });
  for (const role of TUF_ROLES) {
    const text = metadata[role];
    if (text !== undefined) await writeFile(join(folder, `${role}.json`), text, { mode: 0o600 });
  }
}

async function readScratch(folder: string, before: TufMetadata): Promise<TufMetadata> {
  const found: { -readonly [Role in keyof TufMetadata]: TufMetadata[Role] } = { ...before };
  for (const role of TUF_ROLES) {
    const text = await readFile(join(folder, `${role}.json`), 'utf8').catch(() => undefined);
    if (text !== undefined) found[role] = text;
  }
  return found;
}

function formatReason(error: unknown): string {
  const code = errorCode(error);
  const text = code === undefined ? errorText(error) : `The disk failed with ${code}`;
  return printable(text).slice(0, REASON_CHARS_MAX);
}
