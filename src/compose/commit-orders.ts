/** Says which of two commits of an application is older, by Git: one that is in the history of the other. */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import { parseRepositoryUrl } from '../source/parse-repository-url.ts';
import { formatApplication, type DeployedCommits } from '../source/commits/deployed-commits.ts';
import type { CommitOrder } from '../source/lineage/decide-rollback.ts';
import type { OrderQuestion } from '../source/lineage/lineage-keeper.ts';
import type { CommitSupervisor } from './commit-supervisor.ts';
import type { SourceQuestion } from './source-supplement.ts';

export interface CommitOrdersOptions {
  readonly supervisor: Pick<CommitSupervisor, 'ask'>;
  /** How the repository of an application is asked: as it was when a commit of it was verified. */
  readonly deployed: Pick<DeployedCommits<SourceQuestion>, 'list'>;
  readonly clock: Clock;
  readonly wait: Wait;
  /** How long admission waits for Git. */
  readonly waitMs: number;
}

/** Pairs of commits; histories stay as they are. */
const ORDERS_MAX = 10_000;

type KnownOrder = Exclude<CommitOrder, 'unknown'>;

/** One for each configuration. */
export class CommitOrders {
  readonly #options: CommitOrdersOptions;
  readonly #known = new Map<string, KnownOrder>();
  /** Every write of a sync asks the same. */
  readonly #asked = new Map<string, Promise<CommitOrder>>();

  constructor(options: CommitOrdersOptions) {
    this.#options = options;
  }

  /** `unknown` where the repository is not judged, or does not answer in time: it is then asked on, for the next one. Never rejects. */
  async find(question: OrderQuestion, deadlineAtMs: MonotonicMs): Promise<CommitOrder> {
    const { application, revision, previous } = question;
    const key = `${formatApplication(application)} ${revision} ${previous}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = this.#asked.get(key) ?? this.#ask(question, key);
    this.#asked.set(key, asked);
    const { clock, wait, waitMs } = this.#options;
    const late = new AbortController();
    const leftMs = Math.max(0, Math.min(waitMs, (deadlineAtMs - clock.monotonicMs()) / 2));
    const order = await Promise.race([
      asked,
      wait(leftMs, late.signal).then((): CommitOrder => 'unknown'),
    ]);
    late.abort();
    return order;
  }

  async #ask(question: OrderQuestion, key: string): Promise<CommitOrder> {
    const order = await this.#compare(question);
    this.#asked.delete(key);
    if (order === 'unknown') return order;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= ORDERS_MAX && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, order);
    return order;
  }

  async #compare({
    application,
    repository,
    revision,
    previous,
  }: OrderQuestion): Promise<CommitOrder> {
    const source = this.#findSource(formatApplication(application), repository);
    if (source === undefined) return 'unknown';
    // The usual case first: a later commit.
    const newer = await this.#contains(source, { objectId: previous, descendant: revision });
    if (newer !== false) return newer === true ? 'newer' : 'unknown';
    const older = await this.#contains(source, { objectId: revision, descendant: previous });
    if (older === undefined) return 'unknown';
    return older ? 'older' : 'unrelated';
  }

  /** `undefined` where Git cannot tell. */
  async #contains(
    { repository, tracked, access }: SourceQuestion,
    { objectId, descendant }: { readonly objectId: string; readonly descendant: string },
  ): Promise<boolean | undefined> {
    const question = { repository, tracked, access, objectId, descendants: [descendant] };
    const { kind, answer } = await this.#options.supervisor.ask({ kind: 'lineage', question });
    if (kind !== 'lineage' || answer.status === 'unavailable') return undefined;
    return answer.status === 'found';
  }

  #findSource(application: string, text: string): SourceQuestion | undefined {
    const parsed = parseRepositoryUrl(text);
    if (!parsed.ok) return undefined;
    const deployed = this.#options.deployed
      .list()
      .find((each) => formatApplication(each.application) === application);
    return deployed?.sources.find(({ repository }) => repository === parsed.repository.normal)
      ?.question;
  }
}
