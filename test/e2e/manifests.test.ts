/** What a real Argo CD applies is what signed commits declare: fifty of them pass, and what others add to its writes does not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { addRenderPrograms } from '../support/argocd/render-programs.ts';
import { applicationPath, type TestApplication } from '../support/argocd/application.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { variedHistories, type VariedHistory } from '../support/argocd/varied-files.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import {
  describeDecision,
  readDecisions,
  type RecordedDecision,
} from '../support/cluster/decisions.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import { makeSigningKeys } from '../support/commits/signing-keys.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const KEYS = makeSigningKeys();
const APPLICATIONS = 13;
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const CONTROLLER = 'system:serviceaccount:argocd:argocd-application-controller';

const MINER = { name: 'miner', image: 'registry.local/miner:1' };

/** Objects of one namespace alone, so that the other applications go on. */
function selecting(namespace: string): object {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

describe('Argo CD behind Holdfast, with signed commits', () => {
  before(addRenderPrograms);
  after(() => {
    KEYS.close();
  });
  const gitops = useGitOpsCluster({
    applications: APPLICATIONS,
    folders: { ...KEYS.accepted, 'uploadpack.allowFilter': 'true' },
    commits: {
      ...KEYS.commits,
      // Ten applications begin at once, on a machine with two cores.
      waitMs: 7000,
      rules: [
        {
          name: 'platform',
          repositories: ['file:///**'],
          signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
        },
      ],
    },
    mirrors: { fileFolders: [tmpdir()] },
  });
  const behind = () => ({ cluster: gitops().cluster, controller: gitops().argocd.controller });

  it('applies fifty commits over ten applications without a wrong refusal', async (test) => {
    const { cluster, holdfastLog } = gitops();
    const ignored = new Set((await readDecisions(holdfastLog)).map(({ decisionId }) => decisionId));
    const play = async (history: VariedHistory): Promise<number> => {
      const application = await gitops().claimApplication();
      const { specification } = history;
      if (specification !== undefined) {
        const path = applicationPath(application.name);
        await changeSpecification(path, specification);
      }
      for (const files of history.commits) await application.sync(files, history.name);
      return history.commits.length;
    };
    async function changeSpecification(path: string, spec: object): Promise<void> {
      await changeBehindTheirBacks({ ...behind(), cluster }, path, { spec });
    }
    const counts: number[] = [];
    // Specifications are changed one after the other: the registration is taken away for each.
    const histories = variedHistories();
    for (const history of histories.filter(({ specification }) => specification !== undefined)) {
      counts.push(await play(history));
    }
    const others = histories.filter(({ specification }) => specification === undefined);
    counts.push(...(await Promise.all(others.map(play))));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      50,
    );

    const decisions = (await readDecisions(holdfastLog)).filter(
      ({ decisionId }) => !ignored.has(decisionId),
    );
    const refused = decisions.filter(
      ({ allowed, user }) => !allowed && user.username === CONTROLLER,
    );
    // On a machine with two cores, thirteen applications that begin at once are not all rendered in time: Argo CD tries again.
    const late = refused.filter(({ code }) => code.endsWith('_unavailable'));
    assert.deepEqual(
      refused.filter((decision) => !late.includes(decision)).map(describeDecision),
      [],
      'Holdfast refused what signed commits declare',
    );
    const compared = countStatuses(decisions);
    test.diagnostic(`${JSON.stringify(compared)}, ${late.length} refused until they were rendered`);
    assert.ok((compared['equal'] ?? 0) > 100, JSON.stringify(compared));
  });

  it('does not apply what a MutatingAdmissionPolicy adds to its writes, and goes on without it', async () => {
    const { cluster } = gitops();
    const application = await gitops().claimApplication();
    const name = 'injector';
    await cluster.request('root', `${ADMISSION}/mutatingadmissionpolicies`, {
      method: 'POST',
      body: injectingPolicy(name),
    });
    await cluster.request('root', `${ADMISSION}/mutatingadmissionpolicybindings`, {
      method: 'POST',
      body: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name },
        spec: {
          policyName: name,
          matchResources: { namespaceSelector: selecting(application.namespace) },
        },
      },
    });
    await waitForInjection(application.namespace);
    await refuseInjected(application, 'registry.local/web:7.0.0');
    await cluster.request('root', `${ADMISSION}/mutatingadmissionpolicybindings/${name}`, {
      method: 'DELETE',
    });
    await application.sync({
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:7.0.1' })],
    });
  });

  it('does not apply what a foreign webhook adds to its writes', async (test) => {
    const { cluster } = gitops();
    const application = await gitops().claimApplication();
    const webhook = await startInjector();
    test.after(webhook.stop);
    await cluster.request('root', `${ADMISSION}/mutatingwebhookconfigurations`, {
      method: 'POST',
      body: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'foreign' },
        webhooks: [
          {
            name: 'foreign.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { url: webhook.url, caBundle: webhook.caBundle },
            namespaceSelector: selecting(application.namespace),
            rules: [
              {
                apiGroups: ['apps'],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['deployments'],
              },
            ],
          },
        ],
      },
    });
    await waitForInjection(application.namespace);
    await refuseInjected(application, 'registry.local/web:8.0.0');
    await cluster.request('root', `${ADMISSION}/mutatingwebhookconfigurations/foreign`, {
      method: 'DELETE',
    });
  });

  it('does not apply manifests of an operation that are in no commit, whatever marks they bear', async () => {
    const { cluster } = gitops();
    const victim = await gitops().claimApplication();
    const { name, namespace } = victim;
    const laundered = {
      ...settings({ evil: 'yes' }),
      metadata: {
        name: 'laundered',
        namespace,
        annotations: {
          'argocd.argoproj.io/tracking-id': `${name}:/ConfigMap:${namespace}/laundered`,
        },
      },
    };
    await changeBehindTheirBacks(behind(), applicationPath(name), {
      operation: { sync: { manifests: [JSON.stringify(laundered)] } },
    });
    const { message } = await waitFor('Argo CD has given up', async () => {
      const status = await victim.status();
      return status.phase === 'Failed' ? status : undefined;
    });
    const findings = readSyncFindings(message) ?? [];
    assert.ok(
      findings.includes('manifest_absent by manifest_in_git'),
      JSON.stringify({ findings, message }),
    );
    const path = `/api/v1/namespaces/${namespace}/configmaps/laundered`;
    assert.equal((await cluster.request('root', path)).code, 404);
  });

  /** The API server knows a new policy or webhook a moment after it has stored it: until then Argo CD applies what Git says. */
  async function waitForInjection(namespace: string): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`;
    const probe = { ...webDeployment(), metadata: { name: 'injection-probe' } };
    await waitFor('the API server injects', async () => {
      const { body } = await gitops().cluster.request('root', path, {
        method: 'POST',
        body: probe,
      });
      return JSON.stringify(body.spec).includes(MINER.name);
    });
  }

  async function refuseInjected(application: TestApplication, image: string): Promise<void> {
    const revision = await application.commit({
      'web.json': [webService(), webDeployment({ image })],
    });
    const { message } = await waitFor('Argo CD says that it was refused', async () => {
      const status = await application.status();
      return status.phase === 'Failed' && status.operationRevision === revision
        ? status
        : undefined;
    });
    assert.deepEqual(readSyncFindings(message), ['manifest_differs by manifest_in_git']);
    assert.match(message ?? '', /spec\.template\.spec\.containers\[miner\]/u);
    assert.match(message ?? '', new RegExp(revision.slice(0, 12), 'u'));
    const path = `/apis/apps/v1/namespaces/${application.namespace}/deployments/web`;
    const { body } = await gitops().cluster.request('root', path);
    assert.doesNotMatch(JSON.stringify(body), /miner/u);
  }
});

/** How often each status was recorded of the controller's writes, and why what could not be compared could not. */
function countStatuses(decisions: readonly RecordedDecision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { user, source } of decisions) {
    const manifest = source?.manifest;
    if (user.username !== CONTROLLER || manifest === undefined) continue;
    const { status, reason } = manifest;
    const name = status === 'not-comparable' ? `${status}: ${reason}` : status;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function injectingPolicy(name: string): object {
  const expression = `Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
    containers: [Object.spec.template.spec.containers{name: "${MINER.name}", image: "${MINER.image}"}]}}}}`;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    },
  };
}

interface Injector {
  readonly url: string;
  readonly caBundle: string;
  readonly stop: () => void;
}

/** Adds a container to whatever it is asked about. */
async function startInjector(): Promise<Injector> {
  const authority = issueTestCertificate({ commonNames: ['injector-ca'], purpose: 'authority' });
  const { cert, key } = issueTestCertificate({
    commonNames: ['injector'],
    purpose: 'server',
    issuer: authority,
  });
  const [port = 0] = await findFreePorts(1);
  const patch = [{ op: 'add', path: '/spec/template/spec/containers/-', value: MINER }];
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const asked = typeof review === 'object' && review !== null && Reflect.get(review, 'request');
      const uid: unknown = typeof asked === 'object' && asked !== null && Reflect.get(asked, 'uid');
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: {
            uid,
            allowed: true,
            patchType: 'JSONPatch',
            patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
          },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  after(() => server.close());
  return {
    url: `https://127.0.0.1:${port}/`,
    caBundle: Buffer.from(authority.cert).toString('base64'),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
