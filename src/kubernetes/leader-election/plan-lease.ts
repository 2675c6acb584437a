/** Decides what a replica does with a lease. Source: the leader election of k8s.io/client-go. */
import type { MonotonicMs, WallMs } from '../../base/clock.ts';
import { statusAnnotation, formatStatusAnnotation, parseStatuses } from './parse-lease.ts';
import type { Lease } from './parse-lease.ts';

export interface LeaseContext {
  readonly identity: string;
  readonly durationMs: number;
  readonly nowMs: MonotonicMs;
  /** The renew time to write. */
  readonly wallMs: WallMs;
  /** When the holder's last renewal was first observed, by our clock: the holder's clock may differ. */
  readonly seenAtMs: MonotonicMs;
  readonly status: string;
  readonly heartbeat: string;
  /** Annotations of replicas without a recent heartbeat. */
  readonly stale: ReadonlySet<string>;
}

/**
 * - `acquire`: nobody holds it, or it has expired
 * - `renew`: it is ours
 * - `publish`: another replica holds it; our status has changed
 * - `none`: nothing to write
 */
export interface LeasePlan {
  readonly what: 'acquire' | 'renew' | 'publish' | 'none';
  readonly lease: Lease;
}

/** Renewals per lease duration: two may fail before another replica acquires the lease. */
const RENEWALS = 3;

/** Decides what to write, if anything. */
export function planLease(lease: Lease, context: LeaseContext): LeasePlan {
  const what = decideWhat(lease, context);
  if (what === 'none') return { what, lease };
  const published = withStatuses(lease, context, what !== 'publish');
  return {
    what,
    lease: what === 'publish' ? published : withHolder(published, context, what === 'acquire'),
  };
}

/** A new lease that this replica holds. */
export function planNewLease(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  context: LeaseContext,
): Lease {
  const bare = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace },
  };
  return withHolder(withStatuses(bare, context, false), context, true);
}

/** The same lease without a holder, so that the next replica need not wait. */
export function planRelease(lease: Lease): Lease {
  const { holderIdentity: _, ...spec } = lease.spec ?? {};
  return { ...lease, spec: { ...spec, leaseDurationSeconds: 1 } };
}

/** The fields of a heartbeat. */
export function describeHolder({ spec }: Lease): string {
  return JSON.stringify([spec?.holderIdentity, spec?.renewTime, spec?.leaseTransitions]);
}

function decideWhat(lease: Lease, context: LeaseContext): LeasePlan['what'] {
  const { identity, nowMs, seenAtMs, durationMs } = context;
  const holder = lease.spec?.holderIdentity ?? '';
  const isPublished =
    lease.metadata.annotations?.[statusAnnotation(identity)] === statusOf(context);
  if (holder === identity) {
    const isFresh = nowMs >= seenAtMs && nowMs - seenAtMs < durationMs / RENEWALS;
    return isFresh && isPublished ? 'none' : 'renew';
  }
  const heldMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
  if (holder === '' || nowMs - seenAtMs > heldMs) return 'acquire';
  return isPublished ? 'none' : 'publish';
}

function withStatuses(lease: Lease, context: LeaseContext, tidies: boolean): Lease {
  const others = [...parseStatuses(lease).keys()];
  const gone = new Set(tidies ? others.filter((name) => context.stale.has(name)) : []);
  const kept = Object.entries(lease.metadata.annotations ?? {}).filter(([name]) => !gone.has(name));
  return {
    ...lease,
    metadata: {
      ...lease.metadata,
      annotations: {
        ...Object.fromEntries(kept),
        [statusAnnotation(context.identity)]: statusOf(context),
      },
    },
  };
}

function withHolder(
  lease: Lease,
  { identity, durationMs, wallMs }: LeaseContext,
  isNew: boolean,
): Lease {
  const time = formatMicroTime(wallMs);
  const transitions = lease.spec?.leaseTransitions ?? 0;
  return {
    ...lease,
    spec: {
      ...lease.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      renewTime: time,
      ...(isNew && { acquireTime: time, leaseTransitions: transitions + 1 }),
    },
  };
}

function statusOf({ identity, heartbeat, status }: LeaseContext): string {
  return formatStatusAnnotation({ replica: identity, heartbeat, text: status });
}

/** As metav1.MicroTime wants it. */
function formatMicroTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
