/** The policy bundle while the process runs: a new one is tested and put in force, a bad one is reported and changes nothing. */
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { systemClock } from '../base/clock.ts';
import { planBackoff } from '../base/plan-backoff.ts';
import { RETRY_AFTER_MS_MAX } from '../base/parse-retry-after.ts';
import { systemRandom } from '../base/system-random.ts';
import { watchFiles } from '../base/watch-files.ts';
import { MANIFEST_FILE, MODULE_FILE, SIGNATURES_FILE } from '../policy/bundle/bundle-files.ts';
import type { BundleDownloader } from '../policy/bundle/bundle-downloader.ts';
import { keepBundle, readKeptOrigin } from '../policy/bundle/kept-bundle.ts';
import type { PolicyBundle } from '../policy/load-bundle.ts';
import { BUNDLE_SERVER_LIMITS } from '../policy/server/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { followTurns } from './follow-turns.ts';
import {
  downloadBundle,
  type BundleQuestion,
  type ConfiguredPolicies,
} from './load-configured-bundle.ts';
import { openDownloader } from './open-downloader.ts';

const BACKOFF = {
  backoffMs: BUNDLE_SERVER_LIMITS['bundle.fetchBackoffMs'].default,
  backoffMaxMs: BUNDLE_SERVER_LIMITS['bundle.fetchBackoffMaxMs'].default,
  retryAfterMaxMs: RETRY_AFTER_MS_MAX,
};
/** Replicas that started together are not to ask together. */
const POLL_SPREAD = 0.1;
const MS_PER_SECOND = 1000;

export interface BundleFollowerDependencies {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Starts and tests the policies of a new bundle beside those in force; throws if they cannot judge. */
  readonly prepare: (bundle: PolicyBundle) => Promise<void>;
  /** Loads the configured bundle and puts it in force; throws if it cannot. */
  readonly reload: () => Promise<void>;
}

interface Following {
  readonly close: () => void | Promise<void>;
}

/** Follows what the configuration in force names. */
export class BundleFollower {
  readonly #dependencies: BundleFollowerDependencies;
  #identity = '';
  #following: Following | undefined;
  #problem: string | undefined;
  /** The last bundle that was downloaded was refused. */
  #isRefused = false;

  constructor(dependencies: BundleFollowerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Called at the start and after each change of the configuration; what has not changed goes on. */
  async follow({ policies, images }: ConfiguredPolicies): Promise<void> {
    const { bundle, keys, server, registry, capabilities } = policies;
    const { registries } = images;
    // With other capabilities, what was refused may be taken.
    const judged = { bundle, keys, server, capabilities };
    const identity = canonicalJson({ ...judged, ...(registry && { registry, registries }) });
    if (identity === this.#identity) return;
    this.#identity = identity;
    const before = this.#following;
    this.#following = undefined;
    this.#problem = undefined;
    this.#isRefused = false;
    // Not waited for: it may be the one that reloads now.
    void before?.close();
    const { environment } = this.#dependencies;
    const downloader = openDownloader({ server, registry, registries }, environment);
    if (downloader !== undefined) this.#following = this.#followDownloads(downloader, keys);
    else if (bundle !== undefined) this.#following = await this.#followFiles(bundle);
  }

  /** What does not work, for people. */
  problem(): string | undefined {
    return this.#problem;
  }

  async close(): Promise<void> {
    await this.#following?.close();
  }

  /** A folder or an archive, also one that Kubernetes mounts from a ConfigMap or a Secret. */
  async #followFiles(bundle: string): Promise<Following> {
    const names = [MANIFEST_FILE, MODULE_FILE, SIGNATURES_FILE];
    return await watchFiles([bundle, ...names.map((name) => join(bundle, name))], {
      pollMs: BUNDLE_SERVER_LIMITS['bundle.fileCheckMs'].default,
      settleMs: BUNDLE_SERVER_LIMITS['bundle.settleMs'].default,
      onChange: async () => {
        try {
          await this.#dependencies.reload();
          this.#problem = undefined;
          this.#dependencies.logger.info('Loaded the changed policy bundle', { bundle });
        } catch (fault) {
          this.#refuse(`"${bundle}" has changed and is not taken: ${messageOf(fault)}`, { bundle });
        }
      },
    });
  }

  #followDownloads(downloader: BundleDownloader, keys: BundleQuestion['keys']): Following {
    const stopping = new AbortController();
    let failures = 0;
    let pauseMs = 0;
    let refusedEtag: string | undefined;
    const turn = async (): Promise<void> => {
      const kept = await readKeptOrigin(downloader.folder, downloader.place);
      const etag = refusedEtag ?? kept.etag;
      const { signal } = stopping;
      const outcome = await this.#downloadOnce(downloader, { keys, etag, signal });
      if (outcome.status === 'refused') refusedEtag = outcome.etag;
      else if (outcome.status === 'accepted') refusedEtag = undefined;
      failures = outcome.status === 'failed' ? failures + 1 : 0;
      pauseMs =
        failures === 0
          ? downloader.pollMs * (1 + POLL_SPREAD * systemRandom())
          : planBackoff(
              { failures, retryAfterMs: outcome.retryAfterMs, random: systemRandom() },
              BACKOFF,
            );
    };
    const turns = followTurns({ turn, pauseMs: () => pauseMs });
    return {
      close: async () => {
        stopping.abort();
        await turns.close();
      },
    };
  }

  /** Never rejects. */
  async #downloadOnce(downloader: BundleDownloader, asked: BundleQuestion): Promise<Turn> {
    const { logger, metrics, prepare, reload } = this.#dependencies;
    const { place, folder } = downloader;
    try {
      const fetched = await downloadBundle(downloader, asked);
      if (asked.signal?.aborted === true) return { status: 'unchanged' };
      if (fetched.status === 'failed') {
        metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'failed' });
        this.#tell(`${place} gives no bundle: ${fetched.reason}`, { place });
        return fetched;
      }
      if (fetched.status === 'refused') {
        this.#refuse(`The bundle of ${place} is not taken: ${fetched.reason}`, { place });
        metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'refused' });
        return fetched;
      }
      if (fetched.status === 'unchanged') {
        metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'unchanged' });
        return this.#checked('unchanged');
      }
      try {
        await prepare(fetched.bundle);
      } catch (fault) {
        metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'refused' });
        this.#refuse(`The bundle of ${place} is not taken: ${messageOf(fault)}`, { place });
        return { status: 'refused', etag: fetched.etag };
      }
      await keepBundle(folder, { place, ...fetched });
      await reload();
      metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'read' });
      logger.info('Loaded a new policy bundle', {
        place,
        revision: fetched.bundle.manifest.revision,
      });
      return this.#checked('accepted');
    } catch (fault) {
      metrics.increment('holdfast_policy_bundle_fetches_total', { outcome: 'failed' });
      this.#tell(`The bundle of ${place} cannot be put in force: ${messageOf(fault)}`, { place });
      return { status: 'failed' };
    }
  }

  /** What was refused stays a problem until another bundle is there: an answer that it is the same does not end it. */
  #checked(status: 'accepted' | 'unchanged'): Turn {
    const { metrics } = this.#dependencies;
    if (status === 'accepted' || !this.#isRefused) this.#problem = undefined;
    if (status === 'accepted') this.#isRefused = false;
    if (!this.#isRefused) {
      const seconds = systemClock.wallMs() / MS_PER_SECOND;
      metrics.set('holdfast_policy_bundle_checked_timestamp_seconds', seconds);
    }
    return { status };
  }

  #refuse(problem: string, fields: Readonly<Record<string, string>>): void {
    this.#isRefused = true;
    this.#problem = problem;
    this.#dependencies.logger.error('The last good policy bundle stays in force', {
      ...fields,
      problem,
    });
  }

  /** Once for each new reason: a place that is away is not to fill the log. */
  #tell(problem: string, fields: Readonly<Record<string, string>>): void {
    if (problem === this.#problem) return;
    if (!this.#isRefused) this.#problem = problem;
    this.#dependencies.logger.warn('The last good policy bundle stays in force', {
      ...fields,
      problem,
    });
  }
}

interface Turn {
  readonly status: 'accepted' | 'unchanged' | 'refused' | 'failed';
  readonly etag?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
