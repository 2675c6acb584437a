/**
 * `holdfast images` on a real API server, as docs/images.md shows it. The kubelet's part, the status of Pods, is written by the test
 * under the kubelet's name; the registries are of this process, so that one of them can be private and one gone.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { imagesCommand } from '../../src/cli/images/images.ts';
import { runProgram } from '../../src/cli/program.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { NODE_NAME } from '../support/cluster/users.ts';
import { recordContext } from '../support/command-context.ts';
import {
  formatSession,
  listStepsOf,
  matchesOutput,
  parseSession,
} from '../support/docs/typed-commands.ts';
import { FakeRegistry, type FakeDescriptor } from '../support/images/fake-registry.ts';
import {
  attach,
  legacyLayer,
  makeKeys,
  publicPem,
  putImage,
  simpleSigning,
} from '../support/images/image-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE_PODS = 100;
const ADA = { username: 'ada', password: 'secret' };
const runFile = promisify(execFile);

const keys = makeKeys();
const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });

const listingSchema = z.object({
  pods: z.number(),
  namespaces: z.number(),
  counts: z.record(z.string(), z.number()),
  images: z.array(
    z.object({
      image: z.string(),
      digest: z.string().optional(),
      pods: z.number(),
      namespaces: z.array(z.string()),
      finding: z.looseObject({ status: z.string(), code: z.string().optional() }),
    }),
  ),
});

function sign(registry: FakeRegistry, image: FakeDescriptor): void {
  const layers = [legacyLayer({ payload: simpleSigning(image.digest), signer: keys })];
  attach(registry, 'shop', { image, layers, suffix: 'sig' });
}

/** A registry with `shop:1.3.0`, which nobody has signed, and `shop:1.4.0`. */
async function openRegistry(t: TestContext, isPrivate = false) {
  const authentication = { kind: 'basic', ...ADA } as const;
  const registry = await FakeRegistry.start(t, { tls, ...(isPrivate && { authentication }) });
  const unsigned = putImage(registry, 'shop', '1.3.0');
  const signed = putImage(registry, 'shop', '1.4.0');
  sign(registry, signed);
  return { registry, host: registry.host, unsigned, signed };
}

interface Listed {
  readonly hosts: readonly string[];
  readonly argv?: readonly string[];
  readonly user?: string;
}

interface PodSample {
  readonly namespace: string;
  readonly name: string;
  readonly spec: object;
  /** As the kubelet reports it; absent: the Pod has not started. */
  readonly status?: object;
}

/** One container, with the digest that runs. */
function podOf(
  namespace: string,
  name: string,
  { image, runs }: { readonly image: string; readonly runs?: FakeDescriptor },
): PodSample {
  const place = image.slice(0, image.lastIndexOf(':'));
  const spec = { containers: [{ name: 'app', image }] };
  if (runs === undefined) return { namespace, name, spec };
  return { namespace, name, spec, status: statusOf(`${place}@${runs.digest}`, image) };
}

function statusOf(imageID: string, image = 'x', name = 'app'): object {
  const state = { running: { startedAt: new Date().toISOString() } };
  const containerStatuses = [
    { name, image, imageID, ready: true, started: true, restartCount: 0, state },
  ];
  return { phase: 'Running', containerStatuses };
}

describe('holdfast images on a real API server', () => {
  const cluster = useCluster(async () => {
    const started = await startCluster();
    return { cluster: started, stop: started.stop };
  });

  before(async () => {
    const metadata = { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME } };
    const body = { apiVersion: 'v1', kind: 'Node', metadata };
    const made = await of(cluster).request('kubelet', '/api/v1/nodes', { method: 'POST', body });
    assert.equal(made.code, 201, made.body.message);
  });

  /** The Pods of a test, in namespaces of their own, gone after it. */
  async function run(t: TestContext, pods: readonly PodSample[]): Promise<void> {
    for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
      await of(cluster).mustKubectl('root', ['create', 'namespace', namespace]);
      t.after(async () => {
        const wait = ['--wait=true', '--timeout=60s'];
        const all = ['delete', 'pods', '--all', '-n', namespace, '--grace-period=0', '--force'];
        await of(cluster).mustKubectl('root', [...all, ...wait]);
        await of(cluster).mustKubectl('root', ['delete', 'namespace', namespace, '--wait=false']);
      });
    }
    for (const { namespace, name, spec, status } of pods) {
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeName: NODE_NAME, ...spec },
      };
      const made = await of(cluster).request('root', path, { method: 'POST', body });
      assert.equal(made.code, 201, made.body.message);
      if (status === undefined) continue;
      const reported = await of(cluster).request('kubelet', `${path}/${name}/status`, {
        method: 'PATCH',
        patchType: 'application/strategic-merge-patch+json',
        body: { status },
      });
      assert.equal(reported.code, 200, reported.body.message);
    }
  }

  /** In the folder of a person who has the key and the authority of the registries. */
  async function openFolder(t: TestContext): Promise<string> {
    return await makeTemporaryFolder(t, { 'cosign.pub': publicPem(keys), 'ca.pem': tls.cert });
  }

  async function list(t: TestContext, { hosts, argv = [], user = 'root' }: Listed) {
    const recorded = recordContext({ workingDirectory: await openFolder(t) });
    const kubeconfig = of(cluster).kubeconfigOf(user);
    const access = hosts.flatMap((host) => ['--private-host', host]);
    const trust = ['--key', 'cosign.pub', '--ca-file', 'ca.pem'];
    const status = await runProgram(
      ['images', '--kubeconfig', kubeconfig, ...trust, ...access, ...argv],
      { commands: [imagesCommand], groups: {}, version: '0', context: recorded.context },
    );
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  }

  async function listJson(t: TestContext, listed: Listed) {
    const argv = [...(listed.argv ?? []), '--output', 'json'];
    const { status, printed } = await list(t, { ...listed, argv });
    return { status, listing: listingSchema.parse(JSON.parse(printed)) };
  }

  it('prints what docs/images.md shows', async (t) => {
    const { host, unsigned, signed } = await openRegistry(t);
    await run(t, [
      podOf('shop', 'checkout-1', { image: `${host}/shop:1.4.0`, runs: signed }),
      podOf('shop', 'checkout-2', { image: `${host}/shop:1.4.0`, runs: signed }),
      podOf('shop', 'legacy', { image: `${host}/shop:1.3.0`, runs: unsigned }),
      podOf('bank', 'checkout-1', { image: `${host}/shop:1.4.0`, runs: signed }),
    ]);
    const document = await readFile(join(ROOT, 'docs', 'images.md'), 'utf8');
    const steps = listStepsOf(document, 'test/cluster/list-images.test.ts');
    const folder = await openFolder(t);
    await mkdir(join(folder, 'bin'));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`;
    await writeFile(join(folder, 'bin', 'holdfast'), script);
    await chmod(join(folder, 'bin', 'holdfast'), 0o755);
    await writeFile(join(folder, 'session.sh'), formatSession(steps, '@@step@@'));

    const { stdout } = await runFile('bash', [join(folder, 'session.sh')], {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
        KUBECONFIG: of(cluster).kubeconfigOf('root'),
        REGISTRY: host,
      },
    });

    const results = parseSession(stdout, '@@step@@');
    assert.equal(steps.length, 2);
    for (const [index, { command, output }] of steps.entries()) {
      const printed = results[index]?.output ?? '';
      assert.ok(matchesOutput(printed, output ?? []), `${command}\n${printed}`);
    }
    assert.deepEqual(
      results.map(({ status }) => status),
      [1, 0],
    );
  });

  it('verifies what runs, and not what its tag names by now', async (t) => {
    const { host, unsigned, signed } = await openRegistry(t);
    await run(t, [
      podOf('moved', 'before', { image: `${host}/shop:1.4.0`, runs: unsigned }),
      podOf('moved', 'after', { image: `${host}/shop:1.4.0`, runs: signed }),
      podOf('moved', 'starting', { image: `${host}/shop:1.4.0` }),
    ]);

    const { status, listing } = await listJson(t, { hosts: [host] });

    assert.equal(status, 'failed');
    assert.deepEqual(
      listing.images.map(({ digest, finding }) => [digest, finding.status]),
      [
        [unsigned.digest, 'unsigned'],
        [undefined, 'signed'],
        [signed.digest, 'signed'],
      ],
    );
    assert.deepEqual([listing.pods, listing.counts['signed']], [3, 2]);
  });

  it('finds every place of a Pod, and asks the registry for each digest once', async (t) => {
    const { registry, host, signed } = await openRegistry(t);
    const image = `${host}/shop@${signed.digest}`;
    const containers = [{ name: 'app', image }];
    await run(t, [
      {
        namespace: 'places',
        name: 'all',
        spec: {
          initContainers: [{ name: 'init', image: `${host}/shop:1.4.0` }],
          containers,
          volumes: [{ name: 'model', image: { reference: `${host}/shop:1.3.0` } }],
        },
        status: {
          initContainerStatuses: [
            {
              name: 'init',
              image: 'x',
              imageID: `${host}/shop@${signed.digest}`,
              ready: true,
              restartCount: 0,
              state: { terminated: { exitCode: 0 } },
            },
          ],
        },
      },
    ]);
    const ephemeralContainers = [{ name: 'debug', image: `${host}/debug:1` }];
    const added = await of(cluster).request(
      'root',
      '/api/v1/namespaces/places/pods/all/ephemeralcontainers',
      {
        method: 'PATCH',
        patchType: 'application/strategic-merge-patch+json',
        body: { spec: { ephemeralContainers } },
      },
    );
    assert.equal(added.code, 200, added.body.message);

    const { listing } = await listJson(t, { hosts: [host], argv: ['--namespace', 'places'] });

    assert.deepEqual(
      listing.images.map((one) => [
        one.image.slice(host.length + 1, host.length + 12),
        one.finding.code ?? one.finding.status,
      ]),
      [
        ['shop:1.3.0', 'unsigned'],
        ['debug:1', 'image_absent'],
        ['shop:1.4.0', 'signed'],
        ['shop@sha256', 'signed'],
      ],
    );
    const manifest = `/v2/shop/manifests/${signed.digest}`;
    assert.equal(registry.requests.filter(({ path }) => path === manifest).length, 1);
  });

  it('reads an image of a private registry with the Secret of its Pod, where it may', async (t) => {
    const { host, signed } = await openRegistry(t, true);
    const image = `${host}/shop:1.4.0`;
    const pod = podOf('private', 'app', { image, runs: signed });
    const imagePullSecrets = [{ name: 'regcred' }];
    await run(t, [{ ...pod, spec: { ...pod.spec, imagePullSecrets } }]);
    const secret = ['create', 'secret', 'docker-registry', 'regcred', '-n', 'private'];
    const login = [`--docker-username=${ADA.username}`, `--docker-password=${ADA.password}`];
    await of(cluster).mustKubectl('root', [...secret, `--docker-server=${host}`, ...login]);
    const statusOfImage = async (argv: readonly string[]) => {
      const { status, listing } = await listJson(t, { hosts: [host], argv });
      const [{ finding } = assert.fail()] = listing.images;
      return [status, finding.code ?? finding.status];
    };

    assert.deepEqual(await statusOfImage(['--pull-secrets']), ['ok', 'signed']);
    assert.deepEqual(await statusOfImage([]), ['failed', 'image_access_denied']);
  });

  it('trusts whom the rules of the configuration trust, where no option names anybody', async (t) => {
    const { host, unsigned, signed } = await openRegistry(t);
    await run(t, [
      podOf('ruled', 'app', { image: `${host}/shop:1.4.0`, runs: signed }),
      podOf('ruled', 'legacy', { image: `${host}/shop:1.3.0`, runs: unsigned }),
      podOf('ruled', 'other', { image: 'other.example.com/app:1' }),
    ]);
    const folder = await openFolder(t);
    const images = {
      rules: [{ name: 'shop', images: [`${host}/**`], authorities: ['release'] }],
      authorities: [{ name: 'release', keyFiles: ['cosign.pub'] }],
      registries: { caFile: 'ca.pem', privateHosts: [host] },
    };
    const kubernetes = { kubeconfigFile: of(cluster).kubeconfigOf('root') };
    await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify({ kubernetes, images }));
    const recorded = recordContext({ workingDirectory: folder });
    const program = {
      commands: [imagesCommand],
      groups: {},
      version: '0',
      context: recorded.context,
    };

    assert.equal(await runProgram(['images', '-n', 'ruled'], program), 'failed');

    assert.deepEqual(
      recorded
        .printed()
        .split('\n')
        .map((line) => line.split(/ {2,}/u).at(-1)),
      [
        'SIGNATURE',
        'unsigned: The image has no signature',
        'no rule names it',
        'signed by release',
        '3 images in 3 Pods of 1 namespace: 1 signed, 1 no rule names them, 1 not signed by anybody you trust',
      ],
    );
    const attestations = [
      'images',
      '-n',
      'ruled',
      '--predicate-type',
      'https://slsa.dev/provenance/v1',
    ];
    assert.equal(await runProgram(attestations, program), 'usage');
  });

  it('is unavailable where a registry is gone, and shows what is signed beside it', async (t) => {
    const { host, signed } = await openRegistry(t);
    const [port = 0] = await findFreePorts(1);
    const gone = `127.0.0.1:${port}`;
    await run(t, [
      podOf('partly', 'app', { image: `${host}/shop:1.4.0`, runs: signed }),
      podOf('partly', 'gone', { image: `${gone}/shop:1.4.0`, runs: signed }),
    ]);
    const { status, listing } = await listJson(t, { hosts: [host, gone], argv: ['-n', 'partly'] });
    assert.equal(status, 'unavailable');
    assert.deepEqual(
      listing.images.map(({ finding }) => finding.status),
      ['unavailable', 'signed'],
    );
  });

  it('reads more Pods than a page has', async (t) => {
    const { host, signed } = await openRegistry(t);
    const image = `${host}/shop:1.4.0`;
    const pods = Array.from({ length: PAGE_PODS + 5 }, (_, index) =>
      podOf('many', `app-${index}`, { image, ...(index === PAGE_PODS + 4 && { runs: signed }) }),
    );
    await run(t, pods);
    const { listing } = await listJson(t, { hosts: [host], argv: ['-n', 'many'] });
    assert.equal(listing.pods, pods.length);
    assert.deepEqual(
      listing.images.map((one) => one.pods),
      [PAGE_PODS + 4, 1],
    );
  });

  it('says what is missing: rights, a cluster, a namespace, somebody to trust', async (t) => {
    const nobody = { name: 'nobody', namespace: 'default', serviceAccount: 'default' };
    await addServiceAccountUser(of(cluster), nobody);
    const forbidden = await list(t, { hosts: [], user: 'nobody' });
    assert.equal(forbidden.status, 'unavailable');
    assert.match(
      forbidden.reported,
      /^holdfast: The Pods cannot be listed: .+403.+; try one with --namespace$/mu,
    );
    const none = await list(t, { hosts: [], argv: ['-n', 'absent'] });
    assert.deepEqual([none.status, none.printed], ['ok', '0 images in 0 Pods of 0 namespaces']);
    const recorded = recordContext({ workingDirectory: await openFolder(t) });
    const program = {
      commands: [imagesCommand],
      groups: {},
      version: '0',
      context: recorded.context,
    };
    const kubeconfig = ['--kubeconfig', of(cluster).kubeconfigOf('root')];
    assert.equal(await runProgram(['images', ...kubeconfig], program), 'usage');
    assert.match(recorded.reported(), /Nobody is trusted/u);
    assert.equal(await runProgram(['images', '--key', 'cosign.pub'], program), 'unavailable');
    assert.match(recorded.reported(), /No cluster is named: use --kubeconfig/u);
  });
});

function of(cluster: () => { readonly cluster: Cluster }): Cluster {
  return cluster().cluster;
}
