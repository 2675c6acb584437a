/** Gatekeeper's templates and constraints in a real API server, as docs/policies/gatekeeper.md has them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { POLICY_GROUPS } from '../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { KEY_MAKERS } from '../support/bundle-keys.ts';
import { startChild } from '../support/cluster/child-process.ts';
import { startCluster, type StartedCluster } from '../support/cluster/cluster.ts';
import { installGitopsKinds } from '../support/cluster/gitops-kinds.ts';
import { registerHoldfast } from '../support/cluster/holdfast.ts';
import { startNode } from '../support/cluster/node.ts';
import {
  addServiceAccountUser,
  ARGOCD,
  installController,
} from '../support/cluster/service-account-user.ts';
import { applyAsArgoCd, shopApplication, trackingAnnotation } from '../support/cluster/shop.ts';
import { waitForKinds } from '../support/cluster/wait-for-kinds.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { listStepsOf } from '../support/docs/typed-commands.ts';
import { sampleConstraint, sampleTemplate } from '../support/gatekeeper/cluster-samples.ts';
import { defineTemplates } from '../support/gatekeeper/template-definition.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(ROOT, 'src', 'main.ts');
const NAMESPACE = 'holdfast-system';
const ACCOUNT = 'holdfast-gatekeeper';
const TEMPLATE = '/apis/templates.gatekeeper.sh/v1/constrainttemplates/mustbeowned';
const CONSTRAINTS = '/apis/constraints.gatekeeper.sh/v1beta1/mustbeowned';
const CONFIG_MAP = `/api/v1/namespaces/${NAMESPACE}/configmaps/holdfast-gatekeeper`;
const APPLY = ['apply', '--server-side', '-f', '-'];
const runFile = promisify(execFile);

describe("Gatekeeper's constraints of a cluster", () => {
  let cluster: StartedCluster;
  let folder: string;
  let log: string;
  before(async () => {
    cluster = await startCluster();
    folder = join(cluster.folder, 'gatekeeper');
    log = join(folder, 'gatekeeper.log');
    await mkdir(folder);
    await startNode(cluster);
    await installController(cluster, ARGOCD);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await installGitopsKinds(cluster);
    await applyAsArgoCd(cluster, [applicationWith([])]);
    await defineTemplates(cluster);
    await startGatekeeper();
    await waitFor('a bundle without constraints is published', mount);
    await registerHoldfast(cluster, { sections: sections() });
  });
  after(async () => {
    await cluster?.stop();
  });

  function sections() {
    return {
      policies: {
        bundle: join(folder, 'bundle.tar.gz'),
        keys: [{ file: join(folder, 'key.pub.pem') }],
        settings: {
          gitops_definitions: {
            parameters: {
              constraintAccounts: [`system:serviceaccount:${NAMESPACE}:${ACCOUNT}`],
            },
          },
        },
      },
      ownership: { selectors: [{ name: 'gatekeeper', groups: POLICY_GROUPS }] },
    };
  }

  /** With the rights of its manifest, and the token of a pod of its own. */
  async function startGatekeeper(): Promise<void> {
    await cluster.mustKubectl('root', ['create', 'namespace', NAMESPACE]);
    const manifest = await readFile(join(ROOT, 'deploy', 'gatekeeper', 'gatekeeper.yaml'), 'utf8');
    const parsed = parseYaml(manifest, { dialect: 'kubernetes', aliasesMax: 0 });
    assert.ok(parsed.ok);
    await cluster.mustKubectl('root', APPLY, {
      input: [...parsed.documents.map(({ value }) => value as object), pod()],
    });
    const user = { name: ACCOUNT, namespace: NAMESPACE, serviceAccount: ACCOUNT };
    await addServiceAccountUser(cluster, { ...user, pod: `${ACCOUNT}-0` });
    const { privatePem, publicPem } = KEY_MAKERS.EdDSA();
    await writeFile(join(folder, 'key.pem'), privatePem);
    await writeFile(join(folder, 'key.pub.pem'), publicPem);
    const server = { metrics: { port: 0 } };
    await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify({ ...sections(), server }));
    const child = await startChild(process.execPath, {
      argv: [
        PROGRAM,
        'gatekeeper',
        '--key=key.pem',
        `--namespace=${NAMESPACE}`,
        `--kubeconfig=${cluster.kubeconfigOf(ACCOUNT)}`,
      ],
      cwd: folder,
      logFile: log,
      environment: { POD_NAME: `${ACCOUNT}-0` },
    });
    cluster.adopt(child);
  }

  /** What the kubelet does with the ConfigMap; the names of its constraints, `undefined` where there is none. */
  async function mount(): Promise<readonly string[] | undefined> {
    const { code, body } = await cluster.request('root', CONFIG_MAP);
    if (code !== 200) return undefined;
    const { 'bundle.tar.gz': encoded = '' } =
      (body as { binaryData?: Record<string, string> }).binaryData ?? {};
    const place = join(folder, 'bundle.tar.gz');
    await writeFile(`${place}.new`, Buffer.from(encoded, 'base64'));
    await rename(`${place}.new`, place);
    const { manifest } = await loadBundle(place);
    return manifest.policies.map(({ name }) => name).filter((name) => name.includes('/'));
  }

  async function readStatus(path: string): Promise<string> {
    return JSON.stringify((await cluster.request('root', path)).body.status ?? {});
  }

  function makeNamespace(labels: object) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pay', labels } };
    const argv = ['create', '--dry-run=server', '-f', '-'];
    return cluster.kubectl('alice', argv, { input: namespace });
  }

  it('judge once Git has applied them, and their status says so', async () => {
    await applyAsArgoCd(cluster, [marked(sampleTemplate(), 'templates.gatekeeper.sh')]);
    await waitForKinds(cluster, [CONSTRAINTS]);
    await applyAsArgoCd(cluster, [marked(sampleConstraint(), 'constraints.gatekeeper.sh')]);

    await waitFor('the constraint is enforced', async () => {
      return /"enforced":true/u.test(await readStatus(`${CONSTRAINTS}/owned`));
    });

    assert.match(await readStatus(TEMPLATE), /"created":true/u);
    assert.deepEqual(await mount(), ['mustbeowned/owned']);
    await waitFor('Holdfast judges by it', async () => {
      const { stderr } = await makeNamespace({});
      return /\[owned\] the label owner is missing/u.test(stderr);
    });
    assert.equal((await makeNamespace({ owner: 'blue' })).code, 0);
  });

  it('become the policies of a bundle by the command that the page shows', async () => {
    const page = await readFile(join(ROOT, 'docs', 'policies', 'gatekeeper.md'), 'utf8');
    const [step] = listStepsOf(page, 'test/cluster/gatekeeper.test.ts');
    const work = join(folder, 'work');
    await mkdir(work);
    await cp(cluster.kubeconfigOf('root'), join(work, 'kubeconfig.yaml'));

    const argv = step?.command.trim().split(' ').slice(1) ?? [];
    await runFile(process.execPath, [PROGRAM, ...argv], { cwd: work });

    const { manifest } = await loadBundle(join(work, 'bundle.tar.gz'));
    const built = manifest.policies.find(({ name }) => name === 'mustbeowned/owned');
    const parameters = { template: 'mustbeowned', parameters: { label: 'owner' } };
    assert.deepEqual(built?.parameters, parameters);
  });

  it('are written by nobody but Git, and so are their kinds and what is published', async () => {
    const definition =
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/mustbeowned.constraints.gatekeeper.sh';
    const spec = { enforcementAction: 'dryrun' };
    const attempts = [
      [`${CONSTRAINTS}/owned`, 'PATCH', { spec }, 'gitops_only_writes'],
      [`${CONSTRAINTS}/owned`, 'DELETE', undefined, 'gitops_only_writes'],
      [CONSTRAINTS, 'POST', sampleConstraint({ name: 'mine' }), 'gitops_only_writes'],
      [TEMPLATE, 'DELETE', undefined, 'gitops_only_writes'],
      [definition, 'PATCH', { spec: { names: { categories: ['mine'] } } }, 'gitops_definitions'],
      [CONFIG_MAP, 'PATCH', { data: { more: 'x' } }, 'gitops_namespaces'],
    ] as const;
    for (const [path, method, body, policy] of attempts) {
      const { code, body: answer } = await cluster.request('alice', path, { method, body });
      assert.equal(code, 403, `${method} ${path}: ${answer.message}`);
      assert.match(answer.message ?? '', new RegExp(policy, 'u'), `${method} ${path}`);
    }
  });

  it('stay as they were where a template cannot be compiled, and its status says why', async () => {
    const broken = sampleTemplate({ rego: 'package x\nviolation[{"msg": m}] { m := f(1) }' });
    await applyAsArgoCd(cluster, [marked(broken, 'templates.gatekeeper.sh')]);

    const status = await waitFor('the status names the problem', async () => {
      const text = await readStatus(TEMPLATE);
      return text.includes('policy_source_invalid') && text;
    });

    assert.match(status, /rego_type_error.*; its last good form stays in force/u);
    assert.deepEqual(await mount(), ['mustbeowned/owned']);
    await applyAsArgoCd(cluster, [marked(sampleTemplate(), 'templates.gatekeeper.sh')]);
    await waitFor('the status names no problem', async () => {
      return !/errors/u.test(await readStatus(TEMPLATE));
    });
  });

  it('judge after they were deleted, for as long as an Application lists them', async () => {
    const resource = { group: 'constraints.gatekeeper.sh', kind: 'MustBeOwned', name: 'owned' };
    await applyAsArgoCd(cluster, [applicationWith([resource])]);
    await cluster.mustKubectl('argocd', ['delete', 'mustbeowned', 'owned']);

    await waitFor('the log says who lists it', async () => {
      return /Application argocd\/checkout still lists it/u.test(await readFile(log, 'utf8'));
    });
    assert.deepEqual(await mount(), ['mustbeowned/owned']);

    await applyAsArgoCd(cluster, [applicationWith([])]);
    await waitFor('the constraint is dropped', async () => (await mount())?.length === 0);
  });
});

function applicationWith(resources: readonly object[]): object {
  return { ...shopApplication(), status: { resources } };
}

/** As Argo CD marks what is in no namespace: with that of the destination. */
function marked(object: KubernetesObject, group: string): object {
  const { kind, metadata } = object;
  const id = `${group}/${kind}:shop/${metadata?.name}`;
  return { ...object, metadata: { ...metadata, annotations: trackingAnnotation('checkout', id) } };
}

function pod(): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${ACCOUNT}-0`, namespace: NAMESPACE },
    spec: {
      serviceAccountName: ACCOUNT,
      containers: [{ name: 'gatekeeper', image: 'registry.local/gatekeeper:1' }],
    },
  };
}
