/** Binds the judgement of commits to admission, one configuration after the other, and verifies again what is deployed. */
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { systemRandom } from '../base/system-random.ts';
import type { MonotonicMs } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import { DeployedVerifier } from '../source/commits/deployed-verifier.ts';
import type { CommitOrder } from '../source/lineage/decide-rollback.ts';
import type { OrderQuestion } from '../source/lineage/lineage-keeper.ts';
import { openKeptDeployed, type KeptDeployed } from './kept-deployed.ts';
import type { SourceQuestion } from './source-supplement.ts';
import { RetiredThreads } from './retired-threads.ts';
import { RunningCommits, type BoundCommits, type CommitDependencies } from './running-commits.ts';

/** One for each process. */
export class CommitBinder {
  readonly #dependencies: CommitDependencies;
  #running: RunningCommits | undefined;
  #deployed: DeployedBinding | undefined;
  readonly #retired: RetiredThreads;

  constructor(dependencies: CommitDependencies) {
    this.#dependencies = dependencies;
    this.#retired = new RetiredThreads(dependencies.wait);
  }

  /**
   * Once per configuration. The first thread is tried again where it cannot start, as other policies must be served meanwhile;
   * afterwards, a configuration by which none can start is refused with a `HoldfastError`, and the one before stays in force.
   */
  async bind(configuration: Configuration): Promise<BoundCommits> {
    const before = this.#running;
    const { commits, promotions, manifests, mirrors, kubernetes, ownership } = configuration;
    if (!judgesCommits(configuration)) {
      this.#running = undefined;
      if (before !== undefined) void this.#retired.retire(before);
      return {};
    }
    const fingerprint = canonicalJson({
      commits,
      promotions,
      manifests,
      mirrors,
      kubernetes,
      ownership,
    });
    if (before?.fingerprint === fingerprint) return before.bound;
    this.#deployed ??= await this.#openDeployed(configuration);
    const { deployed } = this.#deployed.kept;
    const next = new RunningCommits(configuration, {
      ...this.#dependencies,
      fingerprint,
      deployed,
      onTrust: () => {
        if (this.#running === next) this.#verifyDeployed();
      },
    });
    await next.start(before === undefined);
    this.#running = next;
    this.#verifyDeployed();
    if (before !== undefined) void this.#retired.retire(before);
    return next.bound;
  }

  /** What does not work until somebody intervenes; never a reason for being unready. */
  problem(): string | undefined {
    return this.#running?.problem();
  }

  /** Which of two commits is older; `unknown` where no commits are judged. Never rejects. */
  async orderCommits(question: OrderQuestion, deadlineAtMs: MonotonicMs): Promise<CommitOrder> {
    return (await this.#running?.orders.find(question, deadlineAtMs)) ?? 'unknown';
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#deployed?.verifier.close();
    await Promise.all([this.#retired.close(), this.#running?.close()]);
    await this.#deployed?.kept.close();
  }

  /** In the folder of the first configuration, for as long as the process runs. */
  async #openDeployed({ commits }: Configuration): Promise<DeployedBinding> {
    const { environment, logger, wait, metrics, onLost = () => undefined } = this.#dependencies;
    const folder = commits.folder ?? join(cacheFolder(environment), 'commits');
    const kept = await openKeptDeployed({ folder, logger, wait });
    const verifier = new DeployedVerifier<SourceQuestion>({
      deployed: kept.deployed,
      ask: async (commit) => (await this.#running?.verifyAgain(commit)) ?? NOT_RUNNING,
      onLost,
      onChecked: (outcome) =>
        metrics.increment('holdfast_deployed_commits_verified_total', { outcome }),
      wait,
      random: systemRandom,
    });
    return { kept, verifier };
  }

  /** Nobody waits for it, and it never rejects. */
  #verifyDeployed(): void {
    void this.#deployed?.verifier.verify();
  }
}

function judgesCommits({ commits, promotions }: Configuration): boolean {
  return commits.rules.length > 0 || commits.requireCommit || promotions.length > 0;
}

interface DeployedBinding {
  readonly kept: KeptDeployed;
  readonly verifier: DeployedVerifier<SourceQuestion>;
}

/** The next configuration is there sooner, and verifies everything again by itself. */
const NOT_RUNNING_RETRY_MS = 5000;

const NOT_RUNNING: NoVerdict = {
  status: 'unavailable',
  reason: 'No commits are judged now',
  retryAfterMs: NOT_RUNNING_RETRY_MS,
};
