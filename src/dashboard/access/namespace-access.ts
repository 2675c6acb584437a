/** Which records somebody may see, by their namespace. Answers of the API server are kept for a minute. */
import type { Clock } from '../../base/clock.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import { HoldfastError } from '../../errors.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import type { ReviewAccess, Viewer } from './viewer.ts';

/** RFC 1123. What a record has beside names (`*` of counted refusals, nothing for objects without a namespace) is for who may see all. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

/** For all viewers. */
export class NamespaceAccess {
  readonly #review: ReviewAccess;
  readonly #clock: Clock;
  readonly #kept: ExpiringCache<Promise<boolean>>;

  constructor(review: ReviewAccess, clock: Clock) {
    this.#review = review;
    this.#clock = clock;
    this.#kept = new ExpiringCache({
      lifeMs: DASHBOARD_LIMITS['dashboard.accessMs'].default,
      entriesMax: DASHBOARD_LIMITS['dashboard.accessEntriesMax'].default,
    });
  }

  /** Every record, also of objects without a namespace. Rejects with a `HoldfastError` where nobody can tell. */
  async maySeeAll(viewer: Viewer): Promise<boolean> {
    return await this.#ask(viewer, undefined);
  }

  /** The records of a namespace. Rejects with a `HoldfastError` where nobody can tell. */
  async maySee(viewer: Viewer, namespace: string): Promise<boolean> {
    if (await this.maySeeAll(viewer)) return true;
    return NAMESPACE.test(namespace) && (await this.#ask(viewer, namespace));
  }

  #ask(viewer: Viewer, namespace: string | undefined): Promise<boolean> {
    const { username, uid, groups, extra } = viewer;
    const key = JSON.stringify([namespace ?? null, username, uid ?? null, groups, extra]);
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#kept.get(key, nowMs);
    if (kept !== undefined) return kept;
    const asked = this.#resolve(viewer, namespace);
    this.#kept.set(key, asked, nowMs);
    // What was not answered is asked again at once.
    asked.catch(() => {
      this.#kept.delete(key);
    });
    return asked;
  }

  async #resolve(viewer: Viewer, namespace: string | undefined): Promise<boolean> {
    const answer = await this.#review(viewer, namespace);
    if (answer === 'unavailable') {
      throw new HoldfastError(
        'dashboard_access_unavailable',
        `The API server does not say whether ${viewer.username} may see these records`,
      );
    }
    return answer === 'allowed';
  }
}
