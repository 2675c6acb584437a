/**
 * Since when an object of a followed resource has been absent, as we saw it ourselves.
 *
 * Nothing that is stored in the cluster says so: whoever may write there could make an object seem long gone. So the time
 * comes from our own watch. It starts again where the watch has a gap, and when the process starts.
 */
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import type { KubernetesObject } from '../object.ts';
import type { ResourceStore } from './object-table.ts';

export interface AbsenceClockOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** A watch that was not heard of for longer had a gap: an object may have come and gone in it. */
  readonly silenceMs: number;
  /** When the watch was heard of last. */
  readonly heardAtMs: () => number;
}

/** Names whose removal is remembered: a megabyte. Beyond it, the time of every absence starts again. */
const VANISHED_MAX = 10_000;

/** Fed like a table of the resource. It keeps names only, those of objects too large for a table too. */
export class AbsenceClock implements ResourceStore {
  readonly #options: AbsenceClockOptions;
  #present = new Set<string>();
  readonly #vanishedAtMs = new Map<string, MonotonicMs>();
  /** What the list under way has named so far. */
  #listed: Set<string> | undefined;
  /** Since when every change has been seen. */
  #completeSinceMs: MonotonicMs | undefined;

  constructor(options: AbsenceClockOptions) {
    this.#options = options;
  }

  /** The moment from which the object was certainly absent all the time; undefined if it is there, or nobody can tell. */
  absentSinceMs(namespace: string, name: string): MonotonicMs | undefined {
    const key = `${namespace}/${name}`;
    if (this.#completeSinceMs === undefined || this.#present.has(key)) return undefined;
    return this.#vanishedAtMs.get(key) ?? this.#completeSinceMs;
  }

  /** Whether an object of this name is there, in any namespace. */
  hasName(name: string): boolean {
    for (const key of this.#present) if (key.slice(key.indexOf('/') + 1) === name) return true;
    return false;
  }

  readonly beginList = (): void => {
    this.#listed = new Set();
  };

  readonly endList = (): void => {
    const { clock, silenceMs, heardAtMs } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const key of this.#present) if (this.#listed?.has(key) !== true) this.#vanish(key);
    const isContinued = nowMs - heardAtMs() <= silenceMs;
    if (this.#completeSinceMs === undefined || !isContinued) this.#restart();
    this.#listed = undefined;
  };

  readonly put = (object: KubernetesObject): boolean => {
    const key = keyOf(object);
    this.#present.add(key);
    this.#listed?.add(key);
    this.#vanishedAtMs.delete(key);
    return true;
  };

  readonly remove = (object: KubernetesObject): void => {
    this.#vanish(keyOf(object));
  };

  readonly clear = (): void => {
    this.#present = new Set();
    this.#vanishedAtMs.clear();
    this.#completeSinceMs = undefined;
  };

  #vanish(key: string): void {
    this.#present.delete(key);
    this.#vanishedAtMs.set(key, this.#options.clock.monotonicMs());
    if (this.#vanishedAtMs.size > VANISHED_MAX) this.#restart();
  }

  #restart(): void {
    this.#vanishedAtMs.clear();
    this.#completeSinceMs = this.#options.clock.monotonicMs();
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  const { namespace = '', name = '' } = metadata ?? {};
  return `${namespace}/${name}`;
}
