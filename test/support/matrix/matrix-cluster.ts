/** The cluster of the matrix: real API server, controllers and Holdfast; the writer and its application are made by hand. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster, staticPoliciesFolder } from '../cluster/cluster.ts';
import type { StartedCluster } from '../cluster/cluster.ts';
import { installGitopsKinds } from '../cluster/gitops-kinds.ts';
import { registerHoldfast } from '../cluster/holdfast.ts';
import type { RegisteredHoldfast } from '../cluster/holdfast.ts';
import { startNode } from '../cluster/node.ts';
import {
  addServiceAccountUser,
  ARGOCD,
  FLUX,
  installController,
} from '../cluster/service-account-user.ts';
import { applyAsArgoCd, shopApplication } from '../cluster/shop.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { listIdentities, OPERATOR_ENTRY } from './identities.ts';
import type { Identity } from './identities.ts';
import { planActs } from './plan-acts.ts';
import type { Act } from './plan-acts.ts';
import { sendCells } from './send-cells.ts';
import type { JudgedCell } from './send-cells.ts';
import { makeTargets, NAMESPACE } from './targets.ts';

export interface MatrixCluster {
  readonly cluster: StartedCluster;
  readonly holdfast: RegisteredHoldfast;
  readonly identities: readonly Identity[];
  /** All acts, each by a cluster-admin before Holdfast was registered: what came of it then. */
  readonly unguarded: readonly JudgedCell[];
  /** Those that the API server does where nobody objects. */
  readonly acts: readonly Act[];
  readonly stop: () => Promise<void>;
}

export interface MatrixOptions {
  /** Guards what no webhook sees, by policies of the API and by those that the API server reads from files. @default false */
  readonly guards?: boolean | undefined;
}

/** The user of the harness, as the API server knows it. */
const HARNESS = 'holdfast-test-harness';

/** Makes the targets, tries every act without Holdfast, and registers it. */
export async function startMatrixCluster({
  guards = false,
}: MatrixOptions = {}): Promise<MatrixCluster> {
  const cluster = await startCluster({ staticPolicies: guards });
  try {
    await startNode(cluster);
    await installController(cluster, ARGOCD);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await cluster.mustKubectl('root', ['create', 'namespace', FLUX.namespace]);
    await installGitopsKinds(cluster);
    await applyAsArgoCd(cluster, [shopApplication()]);
    const targets = await makeTargets(cluster);
    const identities = await listIdentities(cluster);
    const [admin] = identities;
    if (admin === undefined) throw new Error('The first identity is the cluster-admin');
    const unguarded = await sendCells(
      cluster,
      planActs(targets).map((act) => ({ identity: admin, act })),
    );
    const acts = unguarded
      .filter(({ outcome }) => outcome.kind === 'allowed')
      .map(({ act }) => act);
    const guard = ['--with-guard', '--guard-user', HARNESS];
    const holdfast = await registerHoldfast(cluster, {
      operators: [OPERATOR_ENTRY],
      manifestsArguments: guards ? guard : [],
    });
    if (guards) await guardByFiles(cluster, holdfast);
    await waitForMutatedKind(cluster);
    return { cluster, holdfast, identities, unguarded, acts, stop: cluster.stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function guardByFiles(cluster: StartedCluster, holdfast: RegisteredHoldfast): Promise<void> {
  const guard = ['--static-guard', '--guard-user', HARNESS];
  const text = await holdfast.run(['manifests', '--config', 'holdfast.yaml', ...guard]);
  await cluster.restartApiServer(() =>
    writeFile(join(staticPoliciesFolder(cluster), 'holdfast.yaml'), text),
  );
}

/** A mutating admission policy answers 503 for a custom kind until the API server has read its schema, after each start anew. */
async function waitForMutatedKind(cluster: StartedCluster): Promise<void> {
  const body = {
    apiVersion: 'matrix.example.com/v1',
    kind: 'Lamp',
    metadata: { name: 'unmade', namespace: NAMESPACE },
  };
  const path = `/apis/matrix.example.com/v1/namespaces/${NAMESPACE}/lamps?dryRun=All`;
  await waitFor('admission policies know the kind of the custom resource', async () => {
    return (await cluster.request('root', path, { method: 'POST', body })).code !== 503;
  });
}
