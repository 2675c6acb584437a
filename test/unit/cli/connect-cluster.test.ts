import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { COMMANDS, COMMAND_GROUPS } from '../../../src/cli/commands.ts';
import { clusterOptions } from '../../../src/cli/connect-cluster.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { recordContext } from '../../support/command-context.ts';
import {
  FAKE_TOKEN,
  startFakeApiServer,
  type FakeApiServer,
} from '../../support/fake-api-server.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

let api: FakeApiServer;
before(async () => {
  api = await startFakeApiServer();
});
after(() => api.stop());

interface Shell {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

async function list({ folder, environment = {} }: Shell, ...argv: readonly string[]) {
  const asked = api.requests.length;
  const recorded = recordContext({ workingDirectory: folder, environment });
  const status = await runProgram(['grant', 'list', ...argv], {
    commands: COMMANDS,
    groups: COMMAND_GROUPS,
    version: '0',
    context: recorded.context,
  });
  return { status, reported: recorded.reported(), requests: api.requests.slice(asked) };
}

/** A kubeconfig with two contexts, of which the current one leads nowhere. */
function twoContexts(): string {
  const user = { name: 'somebody', user: { token: FAKE_TOKEN } };
  const there = {
    name: 'there',
    cluster: { server: api.url, 'insecure-skip-tls-verify': true },
  };
  const nowhere = { name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } };
  const context = (name: string) => ({ name, context: { cluster: name, user: 'somebody' } });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [nowhere, there],
    users: [user],
    contexts: [context('nowhere'), context('there')],
    'current-context': 'nowhere',
  });
}

async function open(t: TestContext): Promise<string> {
  return await makeTemporaryFolder(t, { 'two.json': twoContexts() });
}

describe('the cluster that is asked', () => {
  it('is that of the configuration where no kubeconfig is named', async (t) => {
    const folder = await open(t);
    const kubernetes = { kubeconfigFile: api.kubeconfigFile };
    await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify({ kubernetes }));

    assert.equal((await list({ folder })).requests.length, 2);
  });

  it('is that of the kubeconfig that is named, before every other', async (t) => {
    const folder = await open(t);
    const environment = { KUBECONFIG: 'two.json' };

    const { requests } = await list({ folder, environment }, '--kubeconfig', api.kubeconfigFile);

    assert.equal(requests.length, 2);
  });

  it('is that of $KUBECONFIG, where the first of several files counts and some are absent', async (t) => {
    const folder = await open(t);
    const environment = {
      KUBECONFIG: ['none.json', api.kubeconfigFile, 'two.json'].join(delimiter),
    };

    assert.equal((await list({ folder, environment })).requests.length, 2);
    assert.equal((await list({ folder, environment }, '--context', 'there')).requests.length, 2);
  });

  it('is that of ~/.kube/config, as for kubectl', async (t) => {
    const folder = await open(t);
    await mkdir(join(folder, '.kube'));
    await copyFile(api.kubeconfigFile, join(folder, '.kube', 'config'));

    assert.equal((await list({ folder, environment: { HOME: folder } })).requests.length, 2);
  });

  it('is that of the context that is named', async (t) => {
    const folder = await open(t);

    const named = await list({ folder }, '--kubeconfig', 'two.json', '--context', 'there');
    const current = await list({ folder }, '--kubeconfig', 'two.json');

    assert.deepEqual([named.status, named.requests.length], ['ok', 2], named.reported);
    assert.deepEqual([current.status, current.requests], ['unavailable', []]);
  });

  it('is none where the context is unknown, and the known ones are named', async (t) => {
    const folder = await open(t);

    const { status, reported } = await list(
      { folder },
      '--kubeconfig',
      'two.json',
      '--context',
      'x',
    );

    assert.equal(status, 'unavailable');
    assert.match(reported, /two\.json" has no context "x"; it has nowhere, there\n/u);
  });

  it('is none where nothing names one, and where none of several files is there', async (t) => {
    const folder = await open(t);
    const environment = { HOME: folder, KUBECONFIG: `a.json${delimiter}b.json` };

    const absent = await list({ folder, environment: { HOME: folder } });
    const lost = await list({ folder, environment });

    assert.match(absent.reported, /^holdfast: No cluster is named: use --kubeconfig\n/u);
    assert.match(lost.reported, /^holdfast: the kubeconfig ".*a\.json" cannot be used\n/u);
  });
});

describe('--namespace', () => {
  it('says where to look', async (t) => {
    const folder = await open(t);

    const { requests } = await list(
      { folder },
      '--kubeconfig',
      api.kubeconfigFile,
      '-n',
      'elsewhere',
    );

    assert.deepEqual(
      requests.map((path) => path.includes('/namespaces/elsewhere/')),
      [true, true],
    );
  });

  for (const namespace of ['', '../pods', 'a/b', 'A', 'a.b', 'a'.repeat(64)]) {
    it(`is no part of a path: "${namespace}"`, async (t) => {
      const folder = await open(t);

      const { status, reported, requests } = await list(
        { folder },
        `--kubeconfig=${api.kubeconfigFile}`,
        `--namespace=${namespace}`,
      );

      assert.equal(status, 'usage');
      assert.match(reported, /^holdfast: --namespace wants the name of a namespace, found "/u);
      assert.deepEqual(requests, []);
    });
  }
});

/** They look at what no namespace has, or at every one. */
const OF_ALL_NAMESPACES: ReadonlySet<string> = new Set(['adopt', 'policy build']);
/** Nothing that is written elsewhere counts: the configuration alone says where. What `freeze create --namespace` freezes is another thing. */
const OF_OWN_NAMESPACE: ReadonlySet<string> = new Set([
  'drift heal',
  'freeze create',
  'freeze end',
  'freeze list',
]);
const CLUSTER_WORDS = clusterOptions('').map(({ name }) => name);

for (const { name, options = [] } of COMMANDS) {
  const named = CLUSTER_WORDS.filter((word) => options.some((option) => option.name === word));
  if (!named.includes('kubeconfig') && !named.includes('context')) continue;
  const takesNone = OF_ALL_NAMESPACES.has(name) || OF_OWN_NAMESPACE.has(name);
  const wanted = takesNone ? ['kubeconfig', 'context'] : CLUSTER_WORDS;
  it(`holdfast ${name} names a cluster by the same options as the others`, () => {
    const found = OF_OWN_NAMESPACE.has(name) ? named.filter((word) => word !== 'namespace') : named;
    assert.deepEqual(found, wanted);
    const short = options.find((option) => option.name === 'namespace')?.short;
    assert.equal(short, wanted.includes('namespace') ? 'n' : undefined);
  });
}
