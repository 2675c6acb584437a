/** `holdfast verify app` and `verify commit` with a URL: a real git server, signatures of the real ssh-keygen, a fake API server. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { verifyAppCommand } from '../../src/cli/verify/app.ts';
import { verifyCommitCommand } from '../../src/cli/verify/commit.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { recordContext } from '../support/command-context.ts';
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts';
import { startGitHttpServer } from '../support/git/https-git-server.ts';
import { sampleDiscovery } from '../support/discovery-samples.ts';
import { openGitWorkshop, type GitWorkshop } from '../support/signatures/git-workshop.ts';

const AUTHORITY = issueTestCertificate({ commonNames: ['test CA'], purpose: 'authority' });
const SERVER = issueTestCertificate({
  commonNames: ['localhost'],
  purpose: 'server',
  issuer: AUTHORITY,
});
const PASSWORD = 'password-of-the-robot';
const BASIC = `Basic ${Buffer.from(`robot:${PASSWORD}`).toString('base64')}`;
const SECRETS = '/api/v1/namespaces/argocd/secrets';
const CONFIG_MAPS = '/api/v1/namespaces/argocd/configmaps';
const APPLICATION = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';

interface Stage {
  readonly workshop: GitWorkshop;
  readonly key: string;
  readonly url: string;
  readonly api: FakeApiServer;
  readonly verify: (
    command: 'app' | 'commit',
    ...argv: readonly string[]
  ) => Promise<{ readonly status: unknown; readonly printed: string; readonly reported: string }>;
}

async function open(t: TestContext): Promise<Stage> {
  const workshop = await openGitWorkshop(t);
  const { path: key, text } = await workshop.makeKey('key', '-t', 'ed25519');
  await workshop.write('allowed_signers', `alice@example.com ${text}\n`);
  await workshop.commit({ key });
  await workshop.git('branch', '-M', 'main');
  await workshop.git('config', 'uploadpack.allowFilter', 'true');
  const server = await startGitHttpServer(t, {
    folder: workshop.folder,
    tls: { cert: SERVER.cert, key: SERVER.key },
    authorization: BASIC,
  });
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  await workshop.write('ca.crt', AUTHORITY.cert);
  await workshop.write('password', PASSWORD);
  const mirrors = { folder: join(workshop.folder, 'mirrors'), privateHosts: ['localhost'] };
  await workshop.write('holdfast.yaml', JSON.stringify({ mirrors }));
  return {
    workshop,
    key,
    url: `https://localhost:${server.port}/repository/.git`,
    api,
    verify: async (command, ...argv) => {
      const recorded = recordContext({
        workingDirectory: workshop.folder,
        environment: { PATH: process.env['PATH'], KUBECONFIG: api.kubeconfigFile },
      });
      const trust = ['--allowed-signers', 'allowed_signers'];
      const status = await runProgram(['verify', command, ...argv, ...trust], {
        commands: [verifyCommitCommand, verifyAppCommand],
        groups: { verify: 'Verify' },
        version: '0',
        context: recorded.context,
      });
      return { status, printed: recorded.printed(), reported: recorded.reported() };
    },
  };
}

/** What Argo CD keeps: the credential of the repository, and the certificate of its server. */
function answerArgocd({ api, url }: Stage, object: object): void {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  api.answer(APPLICATION, { body: object });
  api.answer(SECRETS, {
    body: {
      kind: 'SecretList',
      items: [
        {
          metadata: {
            name: 'repo-shop',
            namespace: 'argocd',
            labels: { 'argocd.argoproj.io/secret-type': 'repository' },
          },
          data: { url: encode(url), username: encode('robot'), password: encode(PASSWORD) },
        },
      ],
    },
  });
  api.answer(`${CONFIG_MAPS}/argocd-tls-certs-cm`, {
    body: { data: { localhost: AUTHORITY.cert } },
  });
}

function application(url: string, revision: string, more: object = {}): object {
  return {
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL: url, path: 'prod', targetRevision: 'main' },
      ...more,
    },
    status: { operationState: { phase: 'Succeeded', syncResult: { revision } } },
  };
}

const lastLine = (text: string): string | undefined => text.split('\n').at(-1);

test('an application at a signed commit is verified, with the credential of Argo CD', async (t) => {
  const stage = await open(t);
  const id = await stage.workshop.git('rev-parse', 'HEAD');
  answerArgocd(stage, application(stage.url, id));

  const { status, printed } = await stage.verify('app', 'shop');

  assert.equal(status, 'ok', printed);
  assert.match(printed, /^application {2}argocd\/shop \(\d+\.\d\d ms\)$/mu);
  assert.match(printed, /^claimed by {2}last-operation$/mu);
  assert.match(printed, /^credential {2}argocd\/repo-shop \(\d+\.\d\d ms\)$/mu);
  assert.match(printed, new RegExp(`^read {8}${id}, .*contained in refs/heads/main`, 'mu'));
  assert.match(lastLine(printed) ?? '', /^verified {4}every commit/u);
  assert.ok(!printed.includes(PASSWORD));

  const json = await stage.verify('app', 'shop', '--output', 'json');
  assert.partialDeepStrictEqual(JSON.parse(json.printed), {
    application: { kind: 'application', namespace: 'argocd', name: 'shop' },
    status: 'verified',
    sources: [{ tracked: 'main', path: 'prod', commit: { verification: { status: 'verified' } } }],
  });
});

test('the live objects of an application are compared with its commit', async (t) => {
  const stage = await open(t);
  const { workshop, key, url, api } = stage;
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
  const declared = { ...settings, data: { color: 'green' } };
  await workshop.git('checkout', '-q', 'main');
  await mkdir(join(workshop.folder, 'repository', 'prod'));
  await workshop.write('repository/prod/settings.yaml', JSON.stringify(declared));
  await workshop.git('add', 'prod');
  const revision = await workshop.commit({ key });
  const resources = [{ version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' }];
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' };
  const discovery = sampleDiscovery([{ resource: 'configmaps', kind: 'ConfigMap' }]);
  api.answer('/api', { body: discovery['/api'] });
  api.answer('/apis', { body: discovery['/apis'] });
  answerArgocd(stage, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    ...application(url, revision, { destination }),
    status: {
      resources,
      sourceType: 'Directory',
      operationState: { phase: 'Succeeded', syncResult: { revision } },
    },
  });
  const path = '/api/v1/namespaces/shop/configmaps/settings';
  const metadata = { name: 'settings', namespace: 'shop' };
  const absent = await stage.verify('app', 'shop');
  assert.equal(absent.status, 'failed', absent.printed);
  assert.match(absent.printed, /^ {2}ConfigMap shop\/settings: absent \(\d+\.\d\d ms\)$/mu);

  api.answer(path, { body: { ...declared, metadata } });
  const equal = await stage.verify('app', 'shop');
  assert.equal(equal.status, 'ok', equal.printed);
  assert.match(equal.printed, /^settings {4}Argo CD tracks by annotation \(\d+\.\d\d ms\)$/mu);
  assert.match(equal.printed, /^discover {4}1 resource \(\d+\.\d\d ms\)$/mu);
  assert.match(equal.printed, /^render {6}1 source \(\d+\.\d\d ms\)$/mu);
  assert.match(equal.printed, /^manifest {4}1 of 1 object equal \(\d+\.\d\d ms\)$/mu);
  const json = await stage.verify('app', 'shop', '--output', 'json');
  assert.partialDeepStrictEqual(JSON.parse(json.printed), {
    status: 'verified',
    manifest: {
      status: 'compared',
      steps: [{ name: 'settings' }, { name: 'discover' }, { name: 'render' }],
      objects: [{ kind: 'ConfigMap', namespace: 'shop', name: 'settings', status: 'equal' }],
    },
  });

  api.answer(path, { body: { ...declared, metadata, data: { color: 'red' } } });
  const differs = await stage.verify('app', 'shop');
  assert.equal(differs.status, 'failed', differs.printed);
  assert.match(differs.printed, /^ {4}.*data.*color/mu);

  api.answer(path, { status: 500 });
  assert.equal((await stage.verify('app', 'shop')).status, 'unavailable');

  // The files of the commit have no place: a step that fails, and no fault of the program.
  api.answer(path, { body: { ...declared, metadata } });
  const trees = join(workshop.folder, 'mirrors', 'trees');
  await rm(trees, { recursive: true });
  await writeFile(trees, '');
  const unrendered = await stage.verify('app', 'shop');
  assert.equal(unrendered.status, 'unavailable', unrendered.printed);
  assert.match(unrendered.printed, /^render {6}no commit can be rendered/mu);
  assert.match(
    unrendered.printed,
    /^manifest {4}unavailable: The folder ".*" cannot be made: it is there already\./mu,
  );
});

test('an application at an unsigned commit, and at one outside of its branch, is not', async (t) => {
  const stage = await open(t);
  const unsigned = await stage.workshop.commit();
  answerArgocd(stage, application(stage.url, unsigned));
  const first = await stage.verify('app', 'shop');
  assert.equal(first.status, 'failed');
  assert.match(first.printed, /^rejected {4}unsigned:/mu);

  await stage.workshop.git('checkout', '-q', '-b', 'elsewhere');
  const elsewhere = await stage.workshop.commit({ key: stage.key });
  answerArgocd(stage, application(stage.url, elsewhere));
  const second = await stage.verify('app', 'shop');
  assert.equal(second.status, 'failed');
  assert.match(second.printed, /^rejected {4}revision_unreachable:/mu);
});

test('a source without a commit, and an application without a source, are not verified', async (t) => {
  const stage = await open(t);
  const chart = { repoURL: 'https://charts.example.com', chart: 'redis', targetRevision: '1.0.0' };
  answerArgocd(stage, application(stage.url, '', { source: chart }));
  const first = await stage.verify('app', 'shop');
  assert.equal(first.status, 'failed');
  assert.match(first.printed, /^no commit {3}helm-repository/mu);

  answerArgocd(stage, application(stage.url, '', { source: undefined }));
  const second = await stage.verify('app', 'shop');
  assert.deepEqual(
    [second.status, lastLine(second.printed)],
    ['failed', 'rejected    The application has no source'],
  );
});

test('an application that is absent or malformed is told, and one without a claim is unavailable', async (t) => {
  const stage = await open(t);
  const absent = await stage.verify('app', 'other');
  assert.deepEqual(
    [absent.status, lastLine(absent.printed)],
    ['failed', 'rejected    There is no application argocd/other'],
  );
  answerArgocd(stage, { spec: { source: { repoURL: 7 } } });
  assert.equal((await stage.verify('app', 'shop')).status, 'failed');
  answerArgocd(stage, application(stage.url, 'main'));
  assert.equal((await stage.verify('app', 'shop')).status, 'unavailable');
  stage.api.answer(APPLICATION, { status: 500 });
  assert.equal((await stage.verify('app', 'shop')).status, 'unavailable');
  const dots = await stage.verify('app', '..');
  assert.equal(dots.status, 'failed');
});

test('an application is looked for in the named namespace, and not with an invalid configuration', async (t) => {
  const { workshop, verify } = await open(t);
  const elsewhere = await verify('app', 'shop', '--namespace', 'team');
  assert.deepEqual(
    [elsewhere.status, lastLine(elsewhere.printed)],
    ['failed', 'rejected    There is no application team/shop'],
  );
  await workshop.write('holdfast.yaml', 'mirrors: { attic: 1 }');
  const { status, printed } = await verify('app', 'shop');
  assert.deepEqual([status, printed], ['configuration', '']);
});

test('a hydrated branch is judged with the commit that its note names', async (t) => {
  const stage = await open(t);
  const { workshop, key, url } = stage;
  const dry = await workshop.git('rev-parse', 'main');
  await workshop.git('checkout', '-q', '--orphan', 'env/prod');
  const hydrated = await workshop.commit({ key });
  const note = ['notes', '--ref=hydrator.metadata', 'add', '-m', JSON.stringify({ drySha: dry })];
  await workshop.git(...note, hydrated);
  const sourceHydrator = {
    drySource: { repoURL: url, path: 'chart', targetRevision: 'main' },
    syncSource: { targetBranch: 'env/prod', path: 'prod' },
  };
  const object = application(url, hydrated, { source: undefined, sourceHydrator });
  answerArgocd(stage, object);

  const { status, printed } = await stage.verify('app', 'shop', '--output', 'json');

  assert.equal(status, 'ok', printed);
  assert.partialDeepStrictEqual(JSON.parse(printed), {
    status: 'verified',
    sources: [
      { role: 'hydrated', hint: { claimedObjectId: hydrated, claimedBy: 'last-operation' } },
      { role: 'dry', hint: { claimedObjectId: dry, claimedBy: 'hydrator' } },
    ],
  });
  // Without a note, nobody says what was hydrated.
  await workshop.git('notes', '--ref=hydrator.metadata', 'remove', hydrated);
  assert.equal((await stage.verify('app', 'shop')).status, 'unavailable');
  await workshop.git('update-ref', '-d', 'refs/notes/hydrator.metadata');
  assert.equal((await stage.verify('app', 'shop')).status, 'unavailable');
});

test('a Flux Kustomization is verified with the Secret of its source, and a composed source is not', async (t) => {
  const stage = await open(t);
  const { workshop, url, api } = stage;
  const id = await workshop.git('rev-parse', 'HEAD');
  const flux = (path: string): string =>
    `/apis/${path.replace('/', '/v1/namespaces/flux-system/')}`.replace('.io/v1', '.io/v1');
  const sourceRef = { kind: 'GitRepository', name: 'fleet' };
  const metadata = { name: 'apps', namespace: 'flux-system' };
  const kustomization = flux('kustomize.toolkit.fluxcd.io/kustomizations/apps');
  api.answer(kustomization, {
    body: { kind: 'Kustomization', metadata, spec: { path: './prod', sourceRef } },
  });
  api.answer(flux('source.toolkit.fluxcd.io/gitrepositories/fleet'), {
    body: {
      kind: 'GitRepository',
      metadata: { name: 'fleet', namespace: 'flux-system' },
      spec: { url, ref: { branch: 'main' }, secretRef: { name: 'fleet' } },
      status: { artifact: { revision: `main@sha1:${id}` } },
    },
  });
  const encode = (value: string): string => Buffer.from(value).toString('base64');
  api.answer('/api/v1/namespaces/flux-system/secrets/fleet', {
    body: {
      metadata: { name: 'fleet', namespace: 'flux-system' },
      data: {
        username: encode('robot'),
        password: encode(PASSWORD),
        'ca.crt': encode(AUTHORITY.cert),
      },
    },
  });
  const argv = ['apps', '--kind', 'kustomization'];

  const verified = await stage.verify('app', ...argv);
  assert.equal(verified.status, 'ok', verified.printed);
  assert.match(verified.printed, /^credential {2}flux-system\/fleet \(\d+\.\d\d ms\)$/mu);

  const composed = { kind: 'ExternalArtifact', name: 'composed' };
  api.answer(kustomization, {
    body: { kind: 'Kustomization', metadata, spec: { sourceRef: composed } },
  });
  api.answer(flux('source.toolkit.fluxcd.io/externalartifacts/composed'), {
    body: { kind: 'ExternalArtifact', metadata, spec: {} },
  });
  const refused = await stage.verify('app', ...argv);
  assert.equal(refused.status, 'failed');
  assert.match(refused.printed, /^no commit {3}composed/mu);
});

test('verify commit reads from a server with the credential of the configuration', async (t) => {
  const { workshop, url, verify } = await open(t);
  const id = await workshop.git('rev-parse', 'HEAD');
  const credentials = [
    {
      url: new URL(url).origin,
      basic: { username: 'robot', password: { file: 'password' } },
      caFile: 'ca.crt',
    },
  ];
  const mirrors = { folder: 'mirrors', privateHosts: ['localhost'], credentials };
  await workshop.write('holdfast.yaml', JSON.stringify({ mirrors }));

  const verified = await verify('commit', url, id, '--tracked', 'main');
  assert.equal(verified.status, 'ok', verified.printed);
  assert.match(lastLine(verified.printed) ?? '', /^verified {4}signed by alice@example\.com/u);
  assert.match(verified.printed, /contained in refs\/heads\/main/u);

  const named = await verify('commit', url, 'main');
  assert.equal(named.status, 'failed');
  assert.match(lastLine(named.printed) ?? '', /^rejected {4}repository_refused: .*object id/u);
  const tag = await verify('commit', '--tag', url, id);
  assert.match(lastLine(tag.printed) ?? '', /is a commit, and a tag was wanted/u);
  const absent = { ...credentials[0], basic: { username: 'a', password: { file: 'absent' } } };
  await workshop.write(
    'holdfast.yaml',
    JSON.stringify({ mirrors: { ...mirrors, credentials: [absent] } }),
  );
  assert.equal((await verify('commit', url, id)).status, 'unavailable');
  await workshop.write('holdfast.yaml', 'mirrors: { attic: 1 }');
  assert.equal((await verify('commit', url, id)).status, 'configuration');
});
