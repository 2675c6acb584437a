/**
 * How many objects of each application its GitOps controller asked to delete lately, as far as this process was asked.
 *
 * An object counts from the question on, so that deletions at the same time do not pass each other, until it is refused or is there
 * again. Counts end once nothing of the application was asked for during the window: a controller that tries again and again stays
 * stopped. They are in memory alone: each replica has its own, and a restart begins anew.
 */
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { OWNERSHIP_LIMITS } from '../settings.ts';

export interface AskedDeletion {
  /** Tells applications apart. */
  readonly application: string;
  /** Tells objects of an application apart. */
  readonly object: string;
  /** Objects that the application lists as its own now; 0 where it lists none. */
  readonly listedCount: number;
  /** Stores nothing: it is counted in its own answer, and in no later one. */
  readonly isDryRun: boolean;
}

export interface CountedDeletion {
  /** Objects of the application that were asked for, this one among them. */
  readonly deletedCount: number;
  /** The most that the application has listed since the first of them. */
  readonly listedCount: number;
}

interface ApplicationCounts {
  readonly objects: Set<string>;
  listedCount: number;
  askedAtMs: MonotonicMs;
}

const WINDOW_MS = OWNERSHIP_LIMITS['deletions.windowMs'].default;
const APPLICATIONS_MAX = OWNERSHIP_LIMITS['deletions.applicationsMax'].default;
const OBJECTS_MAX = OWNERSHIP_LIMITS['deletions.objectsMax'].default;

/** One for each process, across all configurations. */
export class DeletionCounts {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** The application that was asked about last is the last. */
  readonly #applications = new Map<string, ApplicationCounts>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Whether nothing is counted: nearly always. */
  get isEmpty(): boolean {
    return this.#applications.size === 0;
  }

  /** Counts one deletion. */
  ask({ application, object, listedCount, isDryRun }: AskedDeletion): CountedDeletion {
    const known = this.#current(application);
    const listedMost = Math.max(known?.listedCount ?? 0, listedCount);
    const others = known?.objects.size ?? 0;
    const deletedCount = known?.objects.has(object) === true ? others : others + 1;
    if (!isDryRun) {
      const counts = known ?? { objects: new Set(), listedCount, askedAtMs: this.#nowMs() };
      // More than any budget: what comes beyond is over it as well.
      if (counts.objects.size < OBJECTS_MAX) counts.objects.add(object);
      this.#keep(application, counts, listedMost);
    }
    return { deletedCount, listedCount: listedMost };
  }

  /** The deletion was refused, or the object was made again. */
  forget(application: string, object: string): void {
    this.#applications.get(application)?.objects.delete(object);
  }

  #current(application: string): ApplicationCounts | undefined {
    const counts = this.#applications.get(application);
    if (counts === undefined || this.#nowMs() - counts.askedAtMs <= WINDOW_MS) return counts;
    this.#applications.delete(application);
    return undefined;
  }

  #keep(application: string, counts: ApplicationCounts, listedCount: number): void {
    counts.listedCount = listedCount;
    counts.askedAtMs = this.#nowMs();
    this.#applications.delete(application);
    this.#applications.set(application, counts);
    const [oldest] = this.#applications.keys();
    if (this.#applications.size > APPLICATIONS_MAX && oldest !== undefined) {
      this.#applications.delete(oldest);
    }
  }

  #nowMs(): MonotonicMs {
    return this.#clock.monotonicMs();
  }
}
