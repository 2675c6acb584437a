/** What the judgement of images remembers: verdicts, and what was verified last. Bounded, and kept in a file. */
import { join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../base/error-details.ts';
import { parseJsonAs } from '../base/parse-json-as.ts';
import { isAbsent, readBounded } from '../base/read-bounded.ts';
import { writeWholeFile } from '../base/write-whole-file.ts';
import type { Logger } from '../telemetry/logger.ts';
import { imageConclusionSchema, type ImageConclusion } from './image-conclusion.ts';

/** A verdict under its key. */
export type KeptImage = readonly [key: string, verdict: ImageConclusion];
/** The digest that was verified last, under the key of the image without the trust. */
export type LastVerified = readonly [key: string, digest: string];

export interface KeptImages {
  readonly verdicts: readonly KeptImage[];
  readonly lastVerified: readonly LastVerified[];
}

export interface ImageStoreOptions {
  readonly folder: string;
  readonly entriesMax: number;
  readonly logger: Logger;
}

const NAME = 'verdicts.json';
/** A million verdicts of one kilobyte, the most that can be configured, would not fit; ten thousand take 10 MB. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

const VERSION = 1;

const fileSchema = z.object({
  version: z.literal(VERSION),
  verdicts: z.array(z.tuple([z.string(), imageConclusionSchema]).readonly()).readonly(),
  lastVerified: z.array(z.tuple([z.string(), z.string()]).readonly()).readonly(),
});

/**
 * Owned by one process. Whoever can write its file decides what counts as verified: the folder belongs to this process alone
 * (mode 0700).
 */
export class ImageStore {
  readonly #options: ImageStoreOptions;
  readonly #verdicts: Map<string, ImageConclusion>;
  readonly #lastVerified: Map<string, string>;
  #isChanged = false;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;

  /** Opens what an earlier process left; a damaged file is logged and begun anew. */
  static async open(options: ImageStoreOptions): Promise<ImageStore> {
    return new ImageStore(options, await readStore(options));
  }

  constructor(options: ImageStoreOptions, { verdicts, lastVerified }: KeptImages) {
    this.#options = options;
    this.#verdicts = new Map(verdicts.slice(-options.entriesMax));
    this.#lastVerified = new Map(lastVerified.slice(-options.entriesMax));
  }

  /** Verdicts by this trust, while the others are forgotten; what was verified last stays. */
  keepTrust(hash: string): KeptImages {
    for (const key of this.#verdicts.keys()) {
      if (!key.startsWith(`${hash}\u0000`)) this.#verdicts.delete(key);
    }
    return { verdicts: [...this.#verdicts], lastVerified: [...this.#lastVerified] };
  }

  keep(key: string, verdict: ImageConclusion): void {
    this.#put(this.#verdicts, key, verdict);
    if (verdict.status === 'verified') {
      this.#put(this.#lastVerified, withoutTrust(key), verdict.digest);
    }
  }

  /** What was verified last under this key, by whatever trust. */
  lastDigest(key: string): string | undefined {
    return this.#lastVerified.get(withoutTrust(key));
  }

  /** Of what is rejected now, nothing stays: a signature that was taken back must not count again in an outage. */
  forget(key: string): void {
    const wasKept = this.#verdicts.delete(key);
    if (this.#lastVerified.delete(withoutTrust(key)) || wasKept) this.#isChanged = true;
  }

  /** Writes what has changed. Never rejects: without a disk, the verdicts are in memory alone. */
  async save(): Promise<void> {
    // One after the other: the older content must not arrive last.
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  #put<Value>(map: Map<string, Value>, key: string, value: Value): void {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (oldest !== undefined && map.size > this.#options.entriesMax) map.delete(oldest);
    this.#isChanged = true;
  }

  async #write(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const { folder, logger } = this.#options;
    try {
      const [verdicts, lastVerified] = [[...this.#verdicts], [...this.#lastVerified]];
      const text = JSON.stringify({ version: VERSION, verdicts, lastVerified });
      await writeWholeFile(folder, NAME, text);
      this.#isFailing = false;
    } catch (error) {
      this.#isChanged = true;
      if (this.#isFailing) return;
      this.#isFailing = true;
      logger.warn('The verdicts of images cannot be written and are kept in memory', {
        folder,
        reason: errorText(error),
        remedy: 'Mount a volume and set images.folder, or XDG_CACHE_HOME',
      });
    }
  }
}

/** The part of a key that stays when files of keys change. */
export function withoutTrust(key: string): string {
  return key.slice(key.indexOf('\u0000') + 1);
}

async function readStore({ folder, logger }: ImageStoreOptions): Promise<KeptImages> {
  const none = { verdicts: [], lastVerified: [] };
  const read = await readBounded(join(folder, NAME), FILE_BYTES_MAX);
  if (isAbsent(read)) return none;
  const parsed = read.ok
    ? parseJsonAs(fileSchema, Buffer.from(read.bytes).toString('utf8'))
    : undefined;
  if (parsed !== undefined) return parsed;
  logger.warn('The verdicts of images cannot be read and are begun anew', {
    folder,
    reason: read.ok ? 'it is not what this version writes' : read.reason,
  });
  return none;
}
