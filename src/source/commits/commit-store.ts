/** What the judgement of commits remembers: verdicts, and which commits were verified. Bounded, and kept in a file. */
import { errorText } from '../../base/error-details.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CommitConclusion } from './commit-fact.ts';
import {
  readVerdictFile,
  writeVerdictFile,
  type KeptConclusion,
  type VerdictFileContent,
} from './verdict-file.ts';
import { VerifiedHistory } from './verified-history.ts';

export interface CommitStoreOptions {
  readonly folder: string;
  readonly verdictsMax: number;
  readonly logger: Logger;
}

const EMPTY: VerdictFileContent = { verdicts: [], history: [] };

/** Owned by one process; a second one on the same folder would overwrite what the first one learnt, and judge it again. */
export class CommitStore {
  readonly history: VerifiedHistory;
  readonly #options: CommitStoreOptions;
  readonly #verdicts: Map<string, CommitConclusion>;
  #isChanged = false;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;

  /** Opens what an earlier process left; a damaged file is logged and begun anew. */
  static async open(options: CommitStoreOptions): Promise<CommitStore> {
    const { folder, logger } = options;
    const reading = await readVerdictFile(folder);
    if (reading.status === 'damaged') {
      logger.warn('The verdicts of commits cannot be read and are begun anew', {
        folder,
        reason: reading.reason,
      });
    }
    return new CommitStore(options, reading.status === 'read' ? reading.content : EMPTY);
  }

  constructor(options: CommitStoreOptions, { verdicts, history }: VerdictFileContent) {
    this.#options = options;
    this.#verdicts = new Map(verdicts.slice(-options.verdictsMax));
    this.history = new VerifiedHistory(history);
  }

  /** Those by this trust; the others are forgotten. */
  keepTrust(hash: string): readonly KeptConclusion[] {
    for (const key of this.#verdicts.keys()) {
      if (!key.startsWith(`${hash}\u0000`)) this.#verdicts.delete(key);
    }
    return [...this.#verdicts];
  }

  keep(key: string, verdict: CommitConclusion): void {
    put(this.#verdicts, { key, value: verdict, entriesMax: this.#options.verdictsMax });
    this.#isChanged = true;
  }

  forget(key: string): void {
    if (this.#verdicts.delete(key)) this.#isChanged = true;
  }

  /**
   * Writes the history if it has changed. A verdict is given out afterwards: what is deployed then is remembered, however the
   * process ends.
   */
  async saveHistory(): Promise<void> {
    if (this.history.isChanged) await this.save();
  }

  /** Writes what has changed. Never rejects: without a disk, the verdicts are in memory alone. */
  async save(): Promise<void> {
    // One after the other: the older content must not arrive last.
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #write(): Promise<void> {
    if (!this.#isChanged && !this.history.isChanged) return;
    this.#isChanged = false;
    const { folder, logger } = this.#options;
    try {
      const content = { verdicts: [...this.#verdicts], history: this.history.takeEntries() };
      await writeVerdictFile(folder, content);
      this.#isFailing = false;
    } catch (error) {
      this.#isChanged = true;
      if (this.#isFailing) return;
      this.#isFailing = true;
      logger.warn('The verdicts of commits cannot be written and are kept in memory', {
        folder,
        reason: errorText(error),
        remedy: 'Mount a volume and set commits.folder, or XDG_CACHE_HOME',
      });
    }
  }
}

interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  readonly entriesMax: number;
}

/** As the newest; the oldest goes where there are too many. */
function put<Value>(map: Map<string, Value>, { key, value, entriesMax }: Entry<Value>): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > entriesMax) map.delete(oldest);
}
