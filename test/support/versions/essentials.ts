/** What holds with every supported version of Kubernetes and of the GitOps tools, asked in the same words. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { readDecisions } from '../cluster/decisions.ts';
import type { RecordedDecision } from '../cluster/decisions.ts';
import { readDenial } from '../cluster/denial.ts';

const CHANGED = 'managed_object_changed by gitops_only_writes';
const managersSchema = z.array(z.looseObject({ manager: z.string() }));

/** Where the samples of an application live. */
export interface ManagedPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/** What the API server says it is. */
export async function readServerVersion(cluster: Cluster): Promise<unknown> {
  const { body } = await cluster.request('root', '/version');
  return Reflect.get(body, 'gitVersion');
}

/** The names under which fields of the ConfigMap `settings` are owned. */
export async function readManagers(place: ManagedPlace): Promise<readonly string[]> {
  const { body } = await place.cluster.request('root', settingsPath(place));
  const managers = managersSchema.parse(Reflect.get(Object(body.metadata), 'managedFields'));
  return [...new Set(managers.map(({ manager }) => manager))];
}

/** A cluster-admin changes what Git declares, with each tool at hand, and is refused; it stays as it was. */
export async function assertDriftRefused(place: ManagedPlace): Promise<void> {
  const { cluster, namespace } = place;
  const before = await cluster.request('root', settingsPath(place));
  const change = { body: { data: { greeting: 'hacked' } } };
  const patched = await cluster.request('alice', settingsPath(place), {
    method: 'PATCH',
    ...change,
  });
  const edited = await cluster.kubectl('alice', ['-n', namespace, 'edit', 'configmap/settings'], {
    environment: { KUBE_EDITOR: 'sed -i s/greeting:.*/greeting:\\ hacked/' },
  });
  const scaled = await cluster.kubectl('alice', [
    '-n',
    namespace,
    'scale',
    'deployment/web',
    '--replicas=7',
  ]);
  assert.deepEqual(readDenial({ stderr: patched.body.message ?? '' })?.findings, [CHANGED]);
  assert.deepEqual(readDenial(edited)?.findings, [CHANGED]);
  assert.deepEqual(readDenial(scaled)?.findings, ['managed_object_scaled by gitops_only_writes']);
  const after = await cluster.request('root', settingsPath(place));
  assert.deepEqual(after.body, before.body);
}

/** The newest record about the ConfigMap `settings` of which this is true. */
export async function findRecord(
  logFile: string,
  { namespace }: ManagedPlace,
  isWanted: (decision: RecordedDecision) => boolean,
): Promise<RecordedDecision | undefined> {
  const decisions = await readDecisions(logFile);
  return decisions.findLast(
    (decision) =>
      decision.object.name === 'settings' &&
      decision.object.namespace === namespace &&
      decision.route === 'validate' &&
      isWanted(decision),
  );
}

/** What the record of a decision says of who wrote, and of what the object belongs to. */
export function factsOf(decision: RecordedDecision | undefined): object {
  return {
    code: decision?.code,
    class: decision?.actor?.class,
    proof: decision?.actor?.proof.grade,
    managedBy: decision?.managedBy,
    changed: decision?.change?.paths.map(({ path, owner }) => `${path} of ${owner}`),
  };
}

function settingsPath({ namespace }: ManagedPlace): string {
  return `/api/v1/namespaces/${namespace}/configmaps/settings`;
}
