/** What of one drifted object can be put right now, if anything: it reads what the plan needs, and writes nothing. */
import type { MonotonicMs } from '../../base/clock.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { formatListPath, formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import { parseObject } from '../../kubernetes/lookup/parse-object.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ObjectReference } from '../../kubernetes/object-reference.ts';
import type { OpenFinding } from '../drift-state.ts';
import { classifyRepair, type Repair } from './classify-repair.ts';
import { declaresNoReplicas, hasReplicas, matchAutoscaler } from './match-autoscaler.ts';
import { planRemoval, type PatchOperation } from './plan-removal.ts';
import { HEALING_LIMITS, type HealSettings } from './settings.ts';

/** Whether somebody, or the configuration, keeps an object from being healed now. `reason` is one clause. */
export type HealingHold =
  { readonly status: 'free' } | { readonly status: 'held'; readonly reason: string };

/**
 * Asked before each attempt: an open grant that covers the object, a freeze. Where it cannot be found out the object is held. Never
 * rejects.
 */
export type HoldFinder = (
  drifted: { readonly object: ObjectReference; readonly application: ObjectReference },
  deadlineAtMs: MonotonicMs,
) => Promise<HealingHold>;

export interface RepairPorts {
  readonly settings: Pick<HealSettings, 'additions'>;
  readonly findHold: HoldFinder;
  readonly client: Pick<ClusterClient, 'read'>;
}

export interface DriftedObject {
  readonly open: OpenFinding;
  /** What the writer wrote last. */
  readonly intended: KubernetesObject;
  /** The Application, Kustomization or HelmRelease that its mark names. */
  readonly application: ObjectReference;
}

export interface Repairable {
  readonly repair: Repair;
  /** Absent where nothing is taken off. */
  readonly removal?: readonly PatchOperation[] | undefined;
}

/** `held`: not now. `refused`: not at all. Each with one clause. */
export type PreparedRepair =
  { readonly status: 'ready'; readonly repairable: Repairable } | NotReady;

type NotReady = { readonly status: 'held' | 'refused'; readonly reason: string };

const REMOVED_MAX = HEALING_LIMITS['drift.heal.removedMax'].default;

const AUTOSCALERS = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
};

/** Never rejects if its ports do not. */
export async function prepareRepair(
  drifted: DriftedObject,
  ports: RepairPorts,
  deadlineAtMs: MonotonicMs,
): Promise<PreparedRepair> {
  const { open, application } = drifted;
  const { object, what } = open.finding;
  const hold = await ports.findHold({ object, application }, deadlineAtMs);
  if (hold.status === 'held') return hold;
  const repair = classifyRepair(open.finding, ports.settings.additions);
  if (!repair.needsWriter && repair.additions.length === 0) {
    return refuse(repair.left ?? 'nothing of it can be put right');
  }
  if (repair.needsWriter && what === 'changed' && application.kind === 'Application') {
    const scaled = await findAutoscaler(drifted, ports, deadlineAtMs);
    if (scaled !== undefined) return scaled;
  }
  if (repair.additions.length === 0) return { status: 'ready', repairable: { repair } };
  return await readRemoval(drifted, { ports, repair, deadlineAtMs });
}

/**
 * Why a sync would take back what an autoscaler decided; `undefined` if it would not. Not asked of Flux, which applies everything at
 * each interval: what it does to the replicas it does anyway.
 */
async function findAutoscaler(
  { open, intended }: DriftedObject,
  { client }: RepairPorts,
  deadlineAtMs: MonotonicMs,
): Promise<NotReady | undefined> {
  const { object } = open.finding;
  const path = formatListPath(AUTOSCALERS, object.namespace);
  if (path === undefined || !hasReplicas(intended) || declaresNoReplicas(intended)) {
    return undefined;
  }
  const reading = await client.read(path, { deadlineAtMs });
  if (reading.status === 'absent') return undefined;
  const match = reading.status === 'read' ? matchAutoscaler(reading.body, object) : UNREADABLE;
  switch (match.status) {
    case 'none':
      return undefined;
    case 'unreadable':
      return { status: 'held', reason: 'whether an autoscaler targets it cannot be read' };
    case 'found':
      return refuse(
        `the autoscaler "${match.autoscaler}" decides how many replicas run, and a sync may take that back: let Git declare no spec.replicas`,
      );
  }
}

const UNREADABLE = { status: 'unreadable' } as const;

async function readRemoval(
  { open, intended }: DriftedObject,
  {
    ports,
    repair,
    deadlineAtMs,
  }: { readonly ports: RepairPorts; readonly repair: Repair; readonly deadlineAtMs: MonotonicMs },
): Promise<PreparedRepair> {
  const { object, uid } = open.finding;
  const path = formatObjectPath(object);
  const reading = path && (await ports.client.read(path, { deadlineAtMs }));
  const live = reading && reading.status === 'read' ? parseObject(reading.body) : undefined;
  if (live === undefined) return { status: 'held', reason: 'the object cannot be read' };
  const { additions } = repair;
  const planned = planRemoval({ additions, intended, live, uid, removedMax: REMOVED_MAX });
  return planned.ok
    ? { status: 'ready', repairable: { repair, removal: planned.patch } }
    : refuse(planned.reason);
}

function refuse(reason: string): NotReady {
  return { status: 'refused', reason };
}
