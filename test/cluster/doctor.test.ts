/** `holdfast doctor` on a real API server: a registration that holds, and then what is done to it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readFileSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import type { Cluster } from '../support/cluster/cluster.ts';
import { serverCertificatesOf } from '../support/certificates.ts';
import { classifyDelivery } from '../../src/compose/doctor/classify-delivery.ts';
import { commandOf, openShell } from '../support/cluster/shell.ts';
import type { Shell, TypedResult } from '../support/cluster/shell.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const answerSchema = z.object({
  checks: z.array(
    z.object({
      check: z.string(),
      findings: z.array(
        z.looseObject({ code: z.string(), status: z.string(), remedy: z.string().optional() }),
      ),
    }),
  ),
});

/** What somebody fills in who reads a remedy. */
const VALUES = {
  '--config FILE': '--config laptop.yaml',
  '--ca-file FILE': '--ca-file certs/ca.crt',
  '--guard-user USERNAME': '--guard-user root',
};
const FINDINGS = join(import.meta.dirname, '..', '..', 'src', 'compose', 'doctor');

/** Commands of remedies that are not typed here. */
const NOT_TYPED: Readonly<Record<string, string>> = {
  'holdfast audit replay SINK --list': 'there is no sink: test/unit/cli/audit/replay.test.ts',
  'holdfast alert test': 'there is no target: test/unit/cli/alert/test.test.ts',
  'holdfast alert test --target NAME': 'there is no target: test/unit/cli/alert/test.test.ts',
  'holdfast manifests --ca-file FILE': 'a reminder of the option; the whole command is typed',
  'holdfast certs': 'the certificates of a test do not end',
};

describe('holdfast doctor', () => {
  let cluster: Cluster;
  let configuration: string;
  let shell: Shell;
  const typed: string[] = [];

  before(async () => {
    const shop = await startShopCluster({ audit: { journal: { folder: 'journal' } } });
    ({ cluster } = shop);
    const { folder, url } = shop.holdfast;
    const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
    const { kubernetes: _, ...written } = z.looseObject({}).parse(JSON.parse(text));
    // As somebody has it who installs from a laptop, with the address at which the API server reaches Holdfast.
    configuration = join(folder, 'laptop.yaml');
    await writeFile(configuration, JSON.stringify({ ...written, registration: { url } }));
    shell = await openShell(cluster, { folder, user: 'root' });
  });
  after(() => cluster?.stop());

  interface Examined {
    readonly code: number;
    readonly found: Map<string, string[]>;
    /** By the code of the finding. */
    readonly remedies: Map<string, string>;
  }

  async function typeRemedy(remedy: string | undefined): Promise<TypedResult> {
    typed.push(commandOf(remedy ?? '') ?? '');
    return await shell.type(commandOf(remedy ?? '', VALUES) ?? '');
  }

  async function examine(user = 'root'): Promise<Examined> {
    const words = ['doctor', '--config', configuration, '--output', 'json'];
    const argv = [...words, '--kubeconfig', cluster.kubeconfigOf(user)];
    const ended = await promisify(execFile)(process.execPath, [PROGRAM, ...argv]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: unknown) => z.looseObject({ code: z.number(), stdout: z.string() }).parse(error),
    );
    const { checks } = answerSchema.parse(JSON.parse(ended.stdout));
    const found = checks.map(
      ({ check, findings }) => [check, findings.map(({ code }) => code)] as const,
    );
    const remedies = checks
      .flatMap(({ findings }) => findings)
      .map(({ code, remedy = '' }) => [code, remedy] as const);
    return { code: ended.code, found: new Map(found), remedies: new Map(remedies) };
  }

  async function patchFirst(change: { readonly path: string; readonly value: unknown }) {
    await cluster.mustKubectl('root', [
      'patch',
      'validatingwebhookconfiguration',
      'holdfast',
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'replace', ...change }]),
    ]);
  }

  it('finds a registration that the API server can use, and nothing that guards it', async () => {
    const { found } = await examine();

    assert.deepEqual(found.get('registration'), ['registration_present']);
    assert.deepEqual(found.get('certificate'), ['chain_trusted']);
    assert.deepEqual(found.get('guard'), ['guard_absent']);
    assert.deepEqual(found.get('handshake'), ['handshake_trusted']);
    assert.deepEqual(found.get('call'), ['call_answered']);
    assert.deepEqual(found.get('kinds'), ['kinds_covered']);
    assert.deepEqual(found.get('clock'), ['clock_agrees']);
  });

  it('names what somebody without rights may not look at, beside what he sees fail', async () => {
    const { code, found } = await examine('bob');

    // bob may look at pods: none of them has the account of the second writer.
    assert.equal(code, 1);
    assert.deepEqual(found.get('tools'), ['writer_proven', 'writer_absent']);
    for (const check of ['registration', 'certificate', 'guard', 'rights']) {
      assert.deepEqual(found.get(check), ['not_looked_at'], check);
    }
  });

  it('finds an authority that is not of what is served, as the API server does', async () => {
    const other = Buffer.from(serverCertificatesOf('elsewhere').authority.cert).toString('base64');
    const registered = await cluster.mustKubectl('root', [
      'get',
      'validatingwebhookconfiguration/holdfast',
      '-o',
      'jsonpath={.webhooks[0].clientConfig.caBundle}',
    ]);
    await patchFirst({ path: '/webhooks/0/clientConfig/caBundle', value: other });

    const { code, found } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('certificate'), ['authorities_differ']);
    assert.deepEqual(found.get('handshake')?.toSorted(), [
      'handshake_refused',
      'handshake_trusted',
    ]);
    assert.deepEqual(found.get('call'), ['call_failed']);
    await patchFirst({ path: '/webhooks/0/clientConfig/caBundle', value: registered });
  });

  it('finds kinds that the rules no longer reach', async () => {
    await patchFirst({ path: '/webhooks/0/rules/0/apiGroups', value: ['', 'apps'] });

    const { found, remedies } = await examine();

    assert.deepEqual(found.get('kinds'), ['kinds_uncovered']);
    const { code, stdout } = await typeRemedy(remedies.get('kinds_uncovered'));
    assert.equal(code, 1);
    assert.match(stdout, /^[+-]\s+- apps$/mu);
    await patchFirst({ path: '/webhooks/0/rules/0/apiGroups', value: ['*'] });
  });

  it('finds what is wrong with what somebody did to it', async () => {
    const patch = [
      { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
      { op: 'replace', path: '/webhooks/1/timeoutSeconds', value: 1 },
    ];
    await cluster.mustKubectl('root', [
      'patch',
      'validatingwebhookconfiguration',
      'holdfast',
      '--type=json',
      '-p',
      JSON.stringify(patch),
    ]);

    const { code, found } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('registration'), ['webhook_open', 'webhook_timeout_short']);
  });

  it('says that the API server asks nobody once the registration is gone', async () => {
    const gone = ['delete', 'validatingwebhookconfiguration,mutatingwebhookconfiguration'];
    await cluster.mustKubectl('root', [...gone, 'holdfast']);

    const { code, found, remedies } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('registration'), ['registration_absent']);
    assert.deepEqual(found.get('certificate'), []);
    const registered = await typeRemedy(remedies.get('registration_absent'));
    assert.equal(registered.code, 0, registered.stderr);
    const mended = await examine();
    assert.deepEqual(mended.found.get('registration'), ['registration_present']);
    assert.deepEqual(mended.found.get('handshake'), ['handshake_trusted']);
  });

  it('says how to guard the registration, which then is guarded', async () => {
    const { remedies } = await examine();

    const guarded = await typeRemedy(remedies.get('guard_absent'));

    assert.equal(guarded.code, 0, guarded.stderr);
    assert.deepEqual((await examine()).found.get('guard'), ['guard_present']);
  });

  it('says which log to read, of a pod that is found', async () => {
    const pod = { name: 'holdfast-0', namespace: 'holdfast-system', metrics: '' };
    const [finding] = classifyDelivery([{ ...pod, readiness: '[-]journal failed\n' }]);

    const { stderr } = await typeRemedy(finding?.remedy);

    // There is no kubelet to ask for the log: the API server says so of the pod that it knows.
    assert.match(stderr, /^Error from server/u);
    assert.doesNotMatch(stderr, /NotFound/u);
  });

  it('says how to verify the journal', async () => {
    const metrics = 'holdfast_journal_faults_total{kind="write"} 1\n';
    const pod = { name: 'holdfast-0', namespace: 'holdfast-system', readiness: '' };
    const [finding] = classifyDelivery([{ ...pod, metrics }]);

    const { code, stdout } = await typeRemedy(finding?.remedy);

    assert.equal(code, 0);
    assert.match(stdout, /journal: ok/u);
  });

  it('names no command that nobody has typed', () => {
    const sources = readdirSync(FINDINGS).map((file) => readFileSync(join(FINDINGS, file), 'utf8'));
    const remedies = sources.flatMap((source) =>
      [...source.matchAll(/remedy(?::| =)\s+['`]([^'`]+)['`]/gu)].map(([, text = '']) => text),
    );
    const commands = remedies
      .map((text) =>
        text.replace('${namespace}', 'holdfast-system').replace('${name}', 'holdfast-0'),
      )
      .flatMap((text) => commandOf(text) ?? []);
    const known = new Set([...typed, ...Object.keys(NOT_TYPED)]);
    assert.ok(commands.length >= 8, String(commands.length));
    assert.deepEqual(
      commands.filter((command) => !known.has(command)),
      [],
    );
  });
});
