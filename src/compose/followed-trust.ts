/** Whom the configuration trusts, as its key files say now: a file that is changed counts at once, and a bad one changes nothing. */
import { errorText } from '../base/error-details.ts';
import { watchFiles, type FilesWatch } from '../base/watch-files.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Whom to trust, as read from files and what else belongs to them. */
export interface LoadedTrust {
  /** Of the settings and of every file. */
  readonly hash: string;
}

export interface FollowedTrustOptions<Trust extends LoadedTrust> {
  readonly files: readonly string[];
  /** Reads them all. */
  readonly load: () => Promise<Trust>;
  /** What is judged by it, for the log: `commit`. */
  readonly noun: string;
  readonly reloadsMetric:
    'holdfast_commit_trust_reloads_total' | 'holdfast_image_trust_reloads_total';
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Called for each new trust, before anything is judged by it. */
  readonly onTrust: (trust: Trust) => void;
  /** @default 10 s */
  readonly pollMs?: number | undefined;
}

/** A file system that tells no changes is asked this often. */
const POLL_MS = 10_000;
/** Keys and revocations that belong together are written one after the other. */
const SETTLE_MS = 200;

/** The trust of the moment, and why it is not that of the files. */
export class FollowedTrust<Trust extends LoadedTrust> {
  readonly #options: FollowedTrustOptions<Trust>;
  #trust: Trust;
  #problem: string | undefined;
  #watch: FilesWatch | undefined;
  #reloading: Promise<void> = Promise.resolve();

  /** @throws HoldfastError `trust_file_invalid` if a file cannot be used: there is no earlier trust to keep */
  static async open<Trust extends LoadedTrust>(
    options: FollowedTrustOptions<Trust>,
  ): Promise<FollowedTrust<Trust>> {
    const { files, load, pollMs = POLL_MS } = options;
    const followed = new FollowedTrust(options, await load());
    followed.#watch = await watchFiles(files, {
      pollMs,
      settleMs: SETTLE_MS,
      onChange: () => followed.reload(),
    });
    // A change between loading and watching raised no event.
    await followed.reload();
    return followed;
  }

  constructor(options: FollowedTrustOptions<Trust>, trust: Trust) {
    this.#options = options;
    this.#trust = trust;
    options.onTrust(trust);
  }

  get trust(): Trust {
    return this.#trust;
  }

  /** For people; `undefined` if the files are in force. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** Reads the files again. Never rejects. */
  async reload(): Promise<void> {
    // One after the other: what was read first must not come into force last.
    this.#reloading = this.#reloading.then(() => this.#reload());
    await this.#reloading;
  }

  async #reload(): Promise<void> {
    const { load, noun, reloadsMetric, logger, metrics, onTrust } = this.#options;
    try {
      const trust = await load();
      this.#problem = undefined;
      if (trust.hash === this.#trust.hash) return;
      this.#trust = trust;
      onTrust(trust);
      metrics.increment(reloadsMetric, { outcome: 'loaded' });
      logger.info(`Loaded the changed key files; each ${noun} is judged again`, {
        hash: trust.hash,
      });
    } catch (error) {
      const reason = errorText(error);
      if (this.#problem !== undefined && this.#problem.includes(reason)) return;
      this.#problem = `the changed key files are not in force, those before are: ${reason} (trust_file_invalid)`;
      metrics.increment(reloadsMetric, { outcome: 'failed' });
      logger.error('A changed key file cannot be used; the last good keys stay in force', {
        code: 'trust_file_invalid',
        reason,
      });
    }
  }

  close(): void {
    this.#watch?.close();
  }
}
