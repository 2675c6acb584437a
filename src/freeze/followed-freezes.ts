/** The `Freeze` objects of our namespace, followed by list and watch: a writer's change must not wait for a list. */
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { KubernetesSettings } from '../kubernetes/settings.ts';
import { EntryQuota, ObjectTable } from '../kubernetes/watch/object-table.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { KnownFreezes } from './freeze-fact.ts';
import { FREEZE_GROUP, FREEZE_VERSION, parseFreeze, type Freeze } from './parse-freeze.ts';
import { FREEZE_LIMITS } from './settings.ts';

export interface FollowedFreezesOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** Ours: an object in another namespace freezes nothing, as anybody may write it. */
  readonly namespace: string;
  readonly watch: Pick<KubernetesSettings['watch'], 'silenceMs' | 'resyncMs'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const OBJECTS_MAX = FREEZE_LIMITS['freeze.objectsMax'].default;
const PAGE_OBJECTS = 100;

/** The path of a namespace's `Freeze` objects. */
export function formatFreezesPath(namespace: string): string {
  return `/apis/${FREEZE_GROUP}/${FREEZE_VERSION}/namespaces/${namespace}/freezes`;
}

/** Begins at once. What was read last stays in force while the API server does not answer: no review arrives then, either. */
export class FollowedFreezes {
  readonly #table: ObjectTable<Freeze>;
  readonly #reflector: Reflector;
  readonly #toldMalformed = new Set<string>();
  #freezes: readonly Freeze[] | undefined;
  #problem = '';

  constructor(options: FollowedFreezesOptions) {
    const { client, namespace, watch, clock, logger } = options;
    const forget = (): void => {
      this.#freezes = undefined;
    };
    this.#table = new ObjectTable({
      quota: new EntryQuota(OBJECTS_MAX),
      reduce: (object) => this.#parse(object, logger),
      onAdded: forget,
      onRemoved: forget,
    });
    this.#reflector = startReflector({
      client,
      path: formatFreezesPath(namespace),
      metadataOnly: false,
      store: this.#table,
      clock,
      random: systemRandom,
      semaphore: new Semaphore({ runningMax: 1, waitingMax: 1 }),
      silenceMsMax: watch.silenceMs,
      resyncMs: watch.resyncMs,
      pageObjectsMax: PAGE_OBJECTS,
      objectsMax: OBJECTS_MAX,
      onEnd: ({ reason }, _step, detail) => {
        if (reason === 'listed') this.#problem = '';
        if (reason !== 'forbidden' && reason !== 'overflowed' && reason !== 'failed') return;
        if (this.#problem === '') {
          logger.warn('Freezes cannot be followed now; it is tried again', { reason: detail });
        }
        this.#problem = detail;
      },
    });
  }

  read(): KnownFreezes {
    const state = this.#reflector.state();
    switch (state) {
      // The kind is not installed: then nobody has made one.
      case 'absent':
        return { status: 'known', freezes: [] };
      case 'synced':
        this.#freezes ??= [...this.#table.all()];
        return { status: 'known', freezes: this.#freezes };
      case 'listing':
        return unavailable(this.#problem === '' ? 'they have not been listed yet' : this.#problem);
      case 'forbidden':
        return unavailable('they may not be read: grant list and watch on freezes.holdfast.dev');
      case 'overflowed':
        return unavailable(
          `there are more than ${String(OBJECTS_MAX)}: delete those that have ended`,
        );
    }
  }

  async close(): Promise<void> {
    await this.#reflector.close();
  }

  #parse(object: unknown, logger: Logger): Freeze | undefined {
    const parsed = parseFreeze(object);
    if (parsed.ok) return parsed.freeze;
    const { name, reason } = parsed;
    if (!this.#toldMalformed.has(name) && this.#toldMalformed.size < OBJECTS_MAX) {
      this.#toldMalformed.add(name);
      logger.warn('A Freeze object is malformed, and freezes nothing', { name, reason });
    }
    return undefined;
  }
}

function unavailable(reason: string): KnownFreezes {
  return { status: 'unavailable', reason };
}
