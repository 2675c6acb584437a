/** The `Freeze` objects of circuit breakers, by which all replicas know that one is open. */
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { addMs } from '../../base/clock.ts';
import type { ClusterClient, ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import { formatFreezesPath } from '../followed-freezes.ts';
import { FREEZE_GROUP, FREEZE_VERSION, parseFreeze } from '../parse-freeze.ts';
import type { BreakerSettings } from './settings.ts';

export interface BreakerObjectsOptions {
  readonly client: Pick<ClusterClient, 'read'> & ClusterWriter;
  readonly clock: Clock;
  /** Ours. */
  readonly namespace: string;
}

export type BreakerWrite =
  /** `isEnded`: a person has ended it meanwhile. */
  | { readonly ok: true; readonly isEnded: boolean }
  | { readonly ok: false; readonly reason: string };

/** A write takes milliseconds; the next turn tries again. */
const CALL_MS_MAX = 5000;
const MERGE = 'application/merge-patch+json';

/** Of the object. */
export function nameOfBreaker({ name }: Pick<BreakerSettings, 'name'>): string {
  return `breaker-${name}`;
}

/** Reads and writes the object of one circuit breaker at a time. */
export class BreakerObjects {
  readonly #options: BreakerObjectsOptions;

  constructor(options: BreakerObjectsOptions) {
    this.#options = options;
  }

  /** Whether its object halts deployments now; `undefined` where that cannot be read. */
  async isInForce(breaker: BreakerSettings): Promise<boolean | undefined> {
    const { client, clock } = this.#options;
    const reading = await client.read(this.#pathOf(breaker), { deadlineAtMs: this.#deadline() });
    if (reading.status === 'unavailable') return undefined;
    const parsed = reading.status === 'read' ? parseFreeze(reading.body) : undefined;
    if (parsed?.ok !== true) return false;
    const { ended, expiresAtMs } = parsed.freeze;
    return ended === undefined && clock.wallMs() < expiresAtMs;
  }

  /** Halts deployments until then (ms since the epoch), whatever the object said before. */
  async begin(
    breaker: BreakerSettings,
    reason: string,
    expiresAtMs: number,
  ): Promise<BreakerWrite> {
    const { name, applications = null, namespaces = null } = breaker;
    const spec = {
      by: 'holdfast',
      breaker: name,
      reason,
      expires: new Date(expiresAtMs).toISOString(),
      applications,
      namespaces,
      ended: false,
      endedBy: null,
      endedReason: null,
    };
    const patched = await this.#patch(breaker, spec);
    return patched === 'absent' ? await this.#create(breaker, spec) : patched;
  }

  /** Halts them for longer, unless a person has let them go on. */
  async renew(
    breaker: BreakerSettings,
    reason: string,
    expiresAtMs: number,
  ): Promise<BreakerWrite> {
    const expires = new Date(expiresAtMs).toISOString();
    const patched = await this.#patch(breaker, { reason, expires });
    return patched === 'absent' ? await this.begin(breaker, reason, expiresAtMs) : patched;
  }

  /** Lets them go on. */
  async end(breaker: BreakerSettings, reason: string): Promise<BreakerWrite> {
    const patched = await this.#patch(breaker, {
      ended: true,
      endedBy: 'holdfast',
      endedReason: reason,
    });
    return patched === 'absent' ? { ok: true, isEnded: true } : patched;
  }

  async #create(breaker: BreakerSettings, spec: object): Promise<BreakerWrite> {
    const { client, namespace } = this.#options;
    const given = Object.entries(spec).filter(([, value]) => value !== null);
    const written = await client.write(formatFreezesPath(namespace), {
      method: 'POST',
      body: {
        apiVersion: `${FREEZE_GROUP}/${FREEZE_VERSION}`,
        kind: 'Freeze',
        metadata: { name: nameOfBreaker(breaker), namespace },
        spec: Object.fromEntries(given),
      },
      deadlineAtMs: this.#deadline(),
    });
    if (written.status === 'written') return { ok: true, isEnded: false };
    const missing = 'the kind Freeze is not installed: apply deploy/base/freeze.yaml';
    return { ok: false, reason: written.status === 'absent' ? missing : written.reason };
  }

  async #patch(breaker: BreakerSettings, spec: object): Promise<BreakerWrite | 'absent'> {
    const written = await this.#options.client.write(this.#pathOf(breaker), {
      method: 'PATCH',
      contentType: MERGE,
      body: { spec },
      deadlineAtMs: this.#deadline(),
    });
    if (written.status === 'absent') return 'absent';
    if (written.status !== 'written') return { ok: false, reason: written.reason };
    return { ok: true, isEnded: endedBody.safeParse(written.body).success };
  }

  #pathOf(breaker: BreakerSettings): string {
    return `${formatFreezesPath(this.#options.namespace)}/${nameOfBreaker(breaker)}`;
  }

  #deadline() {
    return addMs(this.#options.clock.monotonicMs(), CALL_MS_MAX);
  }
}

const endedBody = z.looseObject({ spec: z.looseObject({ ended: z.literal(true) }) });
