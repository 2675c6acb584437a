/**
 * Every kind that the API server serves, in the name of a cluster-admin: refused where Git manages the object, free where it
 * does not. The kinds of `admissionregistration.k8s.io` are asked about by guards, since no webhook is.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { describeCell } from '../support/matrix/format-cell.ts';
import { FREE_OBJECTS, NOT_FREE } from '../support/matrix/free-objects.ts';
import { startMatrixCluster } from '../support/matrix/matrix-cluster.ts';
import { sendCells } from '../support/matrix/send-cells.ts';
import type { JudgedCell } from '../support/matrix/send-cells.ts';
import { collectionPath, nameResource } from '../support/matrix/served-resources.ts';
import { NAMESPACE, sampleObject } from '../support/matrix/targets.ts';
import type { Target } from '../support/matrix/targets.ts';

const ADMISSION_KINDS = [
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
].map((resource) => `${resource}.admissionregistration.k8s.io`);
/** Written all day by every component, and never a declaration. */
const UNASKED = new Set([
  'events',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'leasecandidates.coordination.k8s.io',
]);
const GUARD = /ValidatingAdmissionPolicy '[a-z-]+\.holdfast\.dev(?:\.static\.k8s\.io)?'/u;

describe('every kind that the API server serves', () => {
  const world = useCluster(() => startMatrixCluster({ guards: true }));
  let judged: readonly JudgedCell[] = [];
  let targets: readonly Target[] = [];

  before(async () => {
    const { cluster, acts, identities } = world();
    const [admin] = identities;
    assert.ok(admin !== undefined);
    const own = acts.filter(
      ({ target, resource }) =>
        target.role === 'managed' && resource === nameResource(target.resource),
    );
    targets = firstOfEachKind(own.map(({ target }) => target));
    judged = await sendCells(
      cluster,
      own.map((act) => ({ identity: admin, act })),
    );
  });

  it('has the six kinds of admission among them, and dozens of others', () => {
    const names = targets.map(({ resource }) => nameResource(resource));
    assert.deepEqual(
      ADMISSION_KINDS.filter((name) => !names.includes(name)),
      [],
    );
    assert.ok(names.length >= 60, `${names.length} kinds: ${names.join(', ')}`);
  });

  it('is refused to a cluster-admin where Git manages the object, by each verb', () => {
    const passed = judged.filter(
      ({ act, outcome }) =>
        outcome.kind !== 'refused' &&
        !(outcome.kind === 'forbidden' && GUARD.test(outcome.message)) &&
        !UNASKED.has(act.resource),
    );
    assert.deepEqual(passed.map(formatCell), []);
  });

  it('has the six kinds refused by guards', () => {
    const byGuard = judged.filter(({ act }) => ADMISSION_KINDS.includes(act.resource));
    assert.equal(new Set(byGuard.map(({ act }) => act.resource)).size, ADMISSION_KINDS.length);
    for (const cell of byGuard) {
      const { outcome } = cell;
      assert.ok(outcome.kind === 'forbidden' && GUARD.test(outcome.message), formatCell(cell));
    }
  });

  it('is free to a cluster-admin where Git does not manage the object', async () => {
    const refused = new Map<string, string>();
    for (const target of targets) {
      const name = nameResource(target.resource);
      const problem = await useFreely(target);
      if (problem !== undefined) refused.set(name, problem);
    }
    const unexplained = [...refused].filter(([name]) => !Object.hasOwn(NOT_FREE, name));
    assert.deepEqual(unexplained, []);
    // A reason that nothing needs.
    assert.deepEqual(
      Object.keys(NOT_FREE).filter((name) => !refused.has(name)),
      [],
    );
  });

  /** Makes, changes and deletes an object without a mark; the first refusal. */
  async function useFreely({ resource, sample }: Target): Promise<string | undefined> {
    const { cluster } = world();
    const free = FREE_OBJECTS[nameResource(resource)];
    const name = free?.name ?? sample.forgedName ?? 'free';
    const declared = sampleObject(resource, sample, sample.forgedName ?? 'forged');
    const place = resource.isNamespaced ? { namespace: NAMESPACE } : {};
    const body = { ...declared, metadata: { name, ...place } };
    const collection = collectionPath(resource, NAMESPACE);
    const made = await cluster.request('alice', collection, { method: 'POST', body });
    if (made.code !== 201) return describeAnswer('create', made);
    const path = `${collection}/${name}`;
    const changed = await cluster.request('alice', path, {
      method: 'PATCH',
      body: { metadata: { labels: { changed: 'freely' } } },
    });
    if (changed.code !== 200) return describeAnswer('change', changed);
    const deleted = await cluster.request('alice', path, { method: 'DELETE' });
    if (deleted.code >= 300) return describeAnswer('delete', deleted);
    return undefined;
  }
});

function describeAnswer(what: string, { code, body }: ApiAnswer): string {
  return `${what}: ${String(code)} ${body.message ?? ''}`;
}

function firstOfEachKind(targets: readonly Target[]): readonly Target[] {
  const seen = new Map<string, Target>();
  for (const target of targets) {
    const name = nameResource(target.resource);
    if (!seen.has(name)) seen.set(name, target);
  }
  return [...seen.values()];
}

function formatCell(cell: JudgedCell): string {
  return `${describeCell(cell)}: ${JSON.stringify(cell.outcome)}`;
}
