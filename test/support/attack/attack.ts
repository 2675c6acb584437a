/**
 * One attack on a managed application: what is tried, in whose name, what refuses it and why, and that nothing came of it.
 * The attacker is a cluster-admin by RBAC: nothing but Holdfast stands in the way.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestApplication } from '../argocd/application.ts';
import type { GitFiles } from '../argocd/git-server.ts';
import { useSharedGitOpsCluster } from '../argocd/use-gitops-cluster.ts';
import type { ApiAnswer, ApiRequest } from '../cluster/api-client.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { readDenial } from '../cluster/denial.ts';
import type { KubectlOptions, KubectlResult } from '../cluster/kubectl.ts';
import { readState } from './read-state.ts';

/** Where an attack takes place. */
export interface AttackGround {
  readonly cluster: Cluster;
  readonly application: TestApplication;
  /** The application's namespace; its name too. */
  readonly namespace: string;
  /** kubectl as the attacker, in the application's namespace. */
  readonly kubectl: (argv: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>;
  /** curl as the attacker. */
  readonly request: (path: string, options: ApiRequest) => Promise<ApiAnswer>;
}

export interface Attack {
  /** What is in Git besides the sample files. */
  readonly files?: GitFiles;
  /** What has to be there before, made by means that are none of the attack's. */
  readonly prepare?: (ground: AttackGround) => Promise<unknown>;
  readonly attempt: (ground: AttackGround) => Promise<ApiAnswer | KubectlResult>;
  /** Which webhook refuses. @default drift.holdfast.dev */
  readonly webhook?: string;
  /** A finding among those that the last line of the refusal names, and its policy. */
  readonly code: string;
  readonly refusedBy: string;
  /** Paths of more objects that must not change; one that is not there must not come into being. */
  readonly alsoWatched?: (ground: AttackGround) => readonly string[];
}

/** Declares the test. Managed ConfigMap, Service and Deployment must be the same before and after. */
export function attack(
  what: string,
  { files, prepare, attempt, webhook, code, refusedBy, alsoWatched }: Attack,
): void {
  describe('a cluster-admin', () => {
    const gitops = useSharedGitOpsCluster({ applications: 2 });

    it(`cannot ${what}`, async () => {
      const { cluster } = gitops();
      const application = await gitops().claimApplication();
      if (files !== undefined) await application.sync(files);
      const ground = groundOf(cluster, application);
      await prepare?.(ground);
      const watched = [...managedPaths(ground.namespace), ...(alsoWatched?.(ground) ?? [])];
      const before = await readState(cluster, watched);

      const answer = asKubectl(await attempt(ground));
      const denial = readDenial(answer);

      assert.ok(denial, `the webhook did not refuse: ${JSON.stringify(answer)}`);
      assert.equal(denial.webhook, webhook ?? 'drift.holdfast.dev');
      const found = `${code} by ${refusedBy}`;
      assert.ok(
        denial.findings.includes(found),
        `wanted ${found}, found ${denial.findings.join()}`,
      );
      assert.deepEqual(await readState(cluster, watched), before);
    });
  });
}

function groundOf(cluster: Cluster, application: TestApplication): AttackGround {
  const { namespace } = application;
  return {
    cluster,
    application,
    namespace,
    kubectl: (argv, options) => cluster.kubectl('alice', ['-n', namespace, ...argv], options),
    request: (path, options) => cluster.request('alice', path, options),
  };
}

function managedPaths(namespace: string): readonly string[] {
  return [
    `/api/v1/namespaces/${namespace}/configmaps/settings`,
    `/api/v1/namespaces/${namespace}/services/web`,
    `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
  ];
}

// Both say the same words; kubectl puts its own before them.
function asKubectl(answer: ApiAnswer | KubectlResult): KubectlResult {
  if ('stderr' in answer) return answer;
  assert.ok(answer.code >= 400, `the API server answered ${String(answer.code)}`);
  return { code: 1, stdout: '', stderr: answer.body.message ?? '' };
}
