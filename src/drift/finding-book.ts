/**
 * The differences that are open. The leader has each recorded, once its record is durable it is told; the replica that recorded one
 * records its end, whoever leads then. What could not be recorded is tried again.
 */
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { DriftFinding } from './drift-finding.ts';
import type { DriftState, OpenFinding } from './drift-state.ts';

export interface FindingBookOptions {
  readonly open: Map<string, OpenFinding>;
  readonly state: Pick<DriftState, 'writeOpen'>;
  /** Resolves with the decision id when the record is durable; `undefined` if it could not be kept. */
  readonly record: (finding: DriftFinding) => Promise<string | undefined>;
  readonly leads: () => boolean;
  readonly openMax: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Keeps and tells findings. */
export class FindingBook {
  readonly #options: FindingBookOptions;
  /** Being recorded now. */
  readonly #telling = new Set<string>();

  constructor(options: FindingBookOptions) {
    this.#options = options;
  }

  find(key: string): OpenFinding | undefined {
    const open = this.#options.open.get(key);
    return open?.reverted === true ? undefined : open;
  }

  /** A difference, in place of an earlier one of the object; the same again is not told again. */
  async open(key: string, found: Pick<OpenFinding, 'finding' | 'passed'>): Promise<void> {
    const { open, openMax, metrics, logger } = this.#options;
    const known = this.find(key);
    if (known === undefined && open.size >= openMax) {
      metrics.increment('holdfast_drift_left_out_total', { what: 'finding' });
      return;
    }
    const isSame = known !== undefined && isSameFinding(known.finding, found.finding);
    await this.#keep(key, {
      ...found,
      decisionId: isSame ? known.decisionId : '',
      reverted: false,
    });
    if (isSame) return;
    const { what, managedBy, writers, change } = found.finding;
    metrics.increment('holdfast_drift_findings_total', { outcome: what });
    logger.warn('A managed object was changed past admission', {
      object: key,
      what,
      application: managedBy.app,
      paths: change.paths.slice(0, SHOWN_MAX).map(({ path }) => path),
      managers: writers.slice(0, SHOWN_MAX).map(({ manager }) => manager),
    });
    await this.#tell(key);
  }

  /** The difference is gone. */
  async close(key: string): Promise<void> {
    const open = this.find(key);
    if (open === undefined) return;
    this.#options.metrics.increment('holdfast_drift_findings_total', { outcome: 'reverted' });
    if (open.decisionId === '' && !this.#telling.has(key)) {
      // Nobody was told of it.
      await this.#keep(key, undefined);
      return;
    }
    await this.#keep(key, { ...open, reverted: true });
    await this.#tell(key);
  }

  /** Tells what could not be told so far. */
  async tellRest(): Promise<void> {
    await Promise.all([...this.#options.open.keys()].map((key) => this.#tell(key)));
  }

  async #tell(key: string): Promise<void> {
    const { open: all, record, leads } = this.#options;
    const open = all.get(key);
    if (open === undefined || this.#telling.has(key)) return;
    if (!open.reverted && (open.decisionId !== '' || !leads())) return;
    this.#telling.add(key);
    let decisionId: string | undefined;
    try {
      const { finding, reverted } = open;
      decisionId = await record(reverted ? endOf(open) : finding);
      if (decisionId === undefined) return;
      const now = all.get(key);
      // Reverted or changed again meanwhile: what is to be told now is another state.
      if (reverted && now === open) await this.#keep(key, undefined);
      else if (now === open) await this.#keep(key, { ...open, decisionId });
      else if (now?.reverted === true) await this.#keep(key, { ...now, decisionId });
    } finally {
      this.#telling.delete(key);
    }
    if (all.get(key) !== undefined && all.get(key) !== open) await this.#tell(key);
  }

  async #keep(key: string, open: OpenFinding | undefined): Promise<void> {
    // In memory first: what is told meanwhile must see it.
    if (open === undefined) this.#options.open.delete(key);
    else this.#options.open.set(key, open);
    await this.#options.state.writeOpen(key, open);
  }
}

/** As many as a line of the log shows. */
const SHOWN_MAX = 10;

function isSameFinding(one: DriftFinding, other: DriftFinding): boolean {
  return describe(one) === describe(other);
}

function describe({ what, uid, change }: DriftFinding): string {
  return JSON.stringify([what, uid, change.paths.map(({ path, to }) => [path, to])]);
}

function endOf({ finding, decisionId }: OpenFinding): DriftFinding {
  return { ...finding, what: 'reverted', ...(decisionId !== '' && { found: decisionId }) };
}
