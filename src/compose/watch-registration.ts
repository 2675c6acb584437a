/** Watches our two webhook configurations, so that a change of one is seen at once. */
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { Configuration } from '../config/schema.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import { createSingleObjectStore } from '../kubernetes/watch/single-object-store.ts';
import { REGISTRATION_NAME } from '../registration/plan-registration.ts';
import { registrationPath } from '../registration/registration-cluster.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface RegistrationWatchOptions {
  readonly client: ConnectedCluster;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly watch: Configuration['kubernetes']['watch'];
  /** Called after each list and each event; it may be called without a change. */
  readonly onChange: () => void;
}

export interface RegistrationWatch {
  /** Whether a change of either is told now. */
  readonly isHeld: () => boolean;
  readonly close: () => Promise<void>;
}

const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/** Begins at once. Where list and watch are not granted it says so once, and tells of no change. */
export function watchRegistration(options: RegistrationWatchOptions): RegistrationWatch {
  const reflectors = KINDS.map((kind) => watchKind(kind, options));
  return {
    isHeld: () => reflectors.every((reflector) => reflector.state() === 'synced'),
    close: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.close()));
    },
  };
}

function watchKind(
  kind: string,
  { client, clock, logger, watch, onChange }: RegistrationWatchOptions,
): Reflector {
  return startReflector({
    client,
    clock,
    path: registrationPath(kind),
    selector: `fieldSelector=${encodeURIComponent(`metadata.name=${REGISTRATION_NAME}`)}`,
    metadataOnly: true,
    store: createSingleObjectStore(onChange),
    random: systemRandom,
    semaphore: new Semaphore({ runningMax: 1, waitingMax: 1 }),
    silenceMsMax: watch.silenceMs,
    resyncMs: watch.resyncMs,
    pageObjectsMax: 1,
    objectsMax: 1,
    onEnd: ({ reason }, _step, detail) => {
      if (reason !== 'forbidden') return;
      logger.warn('A change of the registration is seen late: grant list and watch', {
        kind,
        reason: detail,
      });
    },
  });
}
