/** Deciders that are started once. */
import {
  createOfflineDecider,
  type OfflineOptions,
  type OfflinePath,
} from '../../compose/offline.ts';
import type { Configuration } from '../../config/schema.ts';

/** The deciders of the cases of one file. Those that are configured alike share one: to start one takes some milliseconds. */
export class SharedDeciders {
  readonly #options: OfflineOptions;
  readonly #deciders = new Map<string, OfflinePath>();

  constructor(options: OfflineOptions) {
    this.#options = options;
  }

  /** The decider of this configuration, started at the first use. Rejects where it cannot be started. */
  async find(configuration: Configuration): Promise<OfflinePath> {
    // The cases of a file differ in nothing else.
    const key = JSON.stringify(configuration.policies);
    const known = this.#deciders.get(key);
    if (known !== undefined) return known;
    const started = await createOfflineDecider(configuration, this.#options);
    this.#deciders.set(key, started);
    return started;
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    for (const decider of this.#deciders.values()) await decider.close();
    this.#deciders.clear();
  }
}
