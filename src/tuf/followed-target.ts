/**
 * A target of a TUF repository, refreshed in the background. What was read last stays in force while a refresh fails: nobody's
 * mirror can stop a cluster, and nobody who tampers with it can change whom the cluster trusts.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { planBackoff } from '../base/plan-backoff.ts';
import type { Wait } from '../base/wait.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { TUF_LIMITS } from './settings.ts';
import { refreshTuf, type Download } from './tuf-library.ts';
import { readTufStore, writeTufStore, type KeptTarget, type KeptTuf } from './tuf-store.ts';

export interface FollowedTargetOptions {
  /** For logs, metrics and people. */
  readonly name: string;
  /** The first root, which the operator trusts. */
  readonly root: string;
  readonly mirror: string;
  readonly target: string;
  readonly targetBytesMax: number;
  /** Where it is kept over restarts; shared by all targets. */
  readonly folder: string;
  readonly refreshMs: number;
  /** Why a target cannot be used: completes a sentence. It must not change what is in force. */
  readonly findFault: (text: string) => string | undefined;
  readonly download: Download;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Called for another text than before. */
  readonly onTarget: () => void;
}

const RETRY_MS = TUF_LIMITS['tuf.retryMs'].default;
const MS_PER_SECOND = 1000;

/** The identity of a repository: with another first root or mirror, nothing of the earlier one is trusted. */
export function identifyTarget({
  root,
  mirror,
  target,
}: Pick<FollowedTargetOptions, 'root' | 'mirror' | 'target'>): string {
  return createHash('sha256')
    .update(JSON.stringify([root, mirror, target]))
    .digest('hex');
}

/** One target of one repository. The caller closes it. */
export class FollowedTarget {
  readonly #options: FollowedTargetOptions;
  readonly #identity: string;
  readonly #closing = new AbortController();
  #kept: KeptTuf;
  #failure: string | undefined;
  #failures = 0;
  #saveFailure: string | undefined;

  /** Opens what an earlier process left; a damaged file is logged and begun anew. */
  static async open(options: FollowedTargetOptions): Promise<FollowedTarget> {
    const { folder, root, logger, findFault } = options;
    const reading = await readTufStore(folder, fileNameOf(identifyTarget(options)));
    let kept: KeptTuf = { metadata: { root } };
    if (reading.status === 'damaged') {
      logger.warn('What was kept of a TUF repository cannot be read and is begun anew', {
        folder,
        reason: reading.reason,
      });
    } else if (reading.status === 'read') {
      const { metadata, target } = reading.kept;
      const isUsable = target !== undefined && findFault(target.text) === undefined;
      kept = isUsable ? reading.kept : { metadata };
    }
    return new FollowedTarget(options, kept);
  }

  constructor(options: FollowedTargetOptions, kept: KeptTuf) {
    this.#options = options;
    this.#identity = identifyTarget(options);
    this.#kept = kept;
    this.#showAge();
  }

  get identity(): string {
    return this.#identity;
  }

  /** `undefined` until a refresh has succeeded, in this process or an earlier one. */
  get held(): KeptTarget | undefined {
    return this.#kept.target;
  }

  /** Why there is none, for people. */
  get absence(): string {
    const { name, mirror } = this.#options;
    const why = this.#failure ?? 'it is being read for the first time';
    return `The trusted root "${name}" is not there yet, as ${mirror} has not given it: ${why}`;
  }

  /** What does not work; `undefined` if the last refresh succeeded. */
  problem(): string | undefined {
    const { name } = this.#options;
    const { target } = this.#kept;
    if (this.#failure === undefined) return undefined;
    return target === undefined
      ? this.absence
      : `the trusted root "${name}" is that of ${formatTime(target)}, as it cannot be refreshed: ${this.#failure}`;
  }

  /** Refreshes from now on, until it is closed. */
  start(): void {
    void this.#follow();
  }

  close(): void {
    this.#closing.abort();
  }

  /** Once. Never rejects. */
  async refresh(): Promise<void> {
    const { mirror, target, targetBytesMax, folder, download, findFault } = this.#options;
    const answer = await refreshTuf({
      mirror,
      target,
      targetBytesMax,
      metadata: this.#kept.metadata,
      scratchFolder: join(folder, `${this.#identity}.refresh`),
      download,
    });
    if (this.#closing.signal.aborted) return;
    const { metadata } = answer;
    const before = this.#kept.target;
    if (answer.status === 'failed') {
      await this.#fail(answer.reason, { metadata, target: before });
      return;
    }
    const text = answer.target.toString('utf8');
    const fault = findFault(text);
    if (fault !== undefined) {
      await this.#fail(`Its target cannot be used: ${fault}`, { metadata, target: before });
      return;
    }
    const refreshedAtMs = this.#options.clock.wallMs();
    await this.#succeed({ metadata, target: { text, refreshedAtMs } }, before?.text !== text);
  }

  async #follow(): Promise<void> {
    const { wait, random, refreshMs } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.refresh();
      // Replicas that start together must not ask together for ever.
      const delayMs = planBackoff(
        { failures: Math.max(this.#failures, 1), random: random() },
        {
          backoffMs: this.#failures === 0 ? refreshMs : Math.min(RETRY_MS, refreshMs),
          backoffMaxMs: refreshMs,
          retryAfterMaxMs: 0,
        },
      );
      await wait(delayMs, signal);
    }
  }

  async #succeed(kept: KeptTuf, isNew: boolean): Promise<void> {
    const { name, metrics, logger, onTarget } = this.#options;
    this.#kept = kept;
    if (isNew) logger.info('Loaded a trusted root from its TUF repository', { root: name });
    else if (this.#failures > 0) logger.info('A trusted root is refreshed again', { root: name });
    this.#failure = undefined;
    this.#failures = 0;
    const outcome = isNew ? 'updated' : 'unchanged';
    metrics.increment('holdfast_image_trusted_root_refreshes_total', { root: name, outcome });
    this.#showAge();
    await this.#save();
    if (isNew) onTarget();
  }

  async #fail(reason: string, kept: KeptTuf): Promise<void> {
    const { name, mirror, metrics, logger } = this.#options;
    this.#kept = kept;
    this.#failures += 1;
    metrics.increment('holdfast_image_trusted_root_refreshes_total', {
      root: name,
      outcome: 'failed',
    });
    if (this.#failure !== reason) {
      this.#failure = reason;
      const { target } = kept;
      logger.warn(
        target === undefined
          ? 'A trusted root cannot be read from its TUF repository; images that need it are unavailable'
          : 'A trusted root cannot be refreshed; the last good one stays in force',
        {
          code: 'tuf_refresh_failed',
          root: name,
          mirror,
          reason,
          ...(target !== undefined && { refreshedAt: formatTime(target) }),
        },
      );
    }
    await this.#save();
  }

  #showAge(): void {
    const { name, metrics } = this.#options;
    const atMs = this.#kept.target?.refreshedAtMs;
    if (atMs === undefined) return;
    metrics.set('holdfast_image_trusted_root_refreshed_timestamp_seconds', atMs / MS_PER_SECOND, {
      root: name,
    });
  }

  async #save(): Promise<void> {
    const { folder, logger } = this.#options;
    try {
      await writeTufStore(folder, fileNameOf(this.#identity), this.#kept);
      this.#saveFailure = undefined;
    } catch (error) {
      const reason = errorText(error);
      if (this.#saveFailure === reason) return;
      this.#saveFailure = reason;
      logger.warn('A trusted root from TUF cannot be written and is kept in memory', {
        folder,
        reason,
        remedy: 'Mount a volume and set images.folder, or XDG_CACHE_HOME',
      });
    }
  }
}

function fileNameOf(identity: string): string {
  return `${identity}.json`;
}

function formatTime({ refreshedAtMs }: KeptTarget): string {
  return new Date(refreshedAtMs).toISOString();
}
