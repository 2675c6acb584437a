import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { manifestsCommand } from '../../../../src/cli/setup/manifests.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { parseYaml } from '../../../../src/base/parse-yaml.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';

const CONFIGURATION = `
cluster: { name: test }
identity:
  writers:
    - { name: argocd, username: 'system:serviceaccount:argocd:controller', tool: argocd }
ownership:
  argocd: { trackingMethod: label, instanceLabelKey: my/instance }
  flux: { enabled: false }
  gitopsOnlyNamespaces: [prod]
`;
const FLUX_CONFIGURATION = `
cluster: { name: test }
identity:
  writers:
    - { name: flux, username: 'system:serviceaccount:our-flux:kustomize-controller', tool: flux }
ownership:
  argocd: { trackingMethod: annotation, instanceLabelKey: my/instance }
  flux: { enabled: true, namespace: our-flux }
`;
const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({ kind: z.string(), webhooks: z.array(z.looseObject({})).optional() }),
  ),
});

describe('holdfast manifests', () => {
  let folder = '';
  const authority = issueTestCertificate({ commonNames: ['ca'], purpose: 'authority' });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-manifests-'));
    await writeFile(join(folder, 'holdfast.yaml'), CONFIGURATION);
    await writeFile(join(folder, 'ca.crt'), `${authority.cert}${authority.key}`);
    await writeFile(join(folder, 'tls.key'), authority.key);
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function run(...argv: string[]) {
    const recorded = recordContext({ workingDirectory: folder });
    const { context } = recorded;
    const options = { commands: [manifestsCommand], groups: {}, version: '0', context };
    const status = await runProgram(['manifests', ...argv], options);
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  }
  async function runJson(...argv: string[]) {
    const { status, printed, reported } = await run('--output', 'json', ...argv);
    assert.equal(status, 'ok', reported);
    return listSchema.parse(JSON.parse(printed)).items;
  }

  it('prints both configurations as YAML that reads back as the JSON', async () => {
    const { printed } = await run('--ca-file', 'ca.crt');
    const parsed = parseYaml(printed, { dialect: 'kubernetes', aliasesMax: 0 });
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.documents.map(({ value }) => value),
      await runJson('--ca-file', 'ca.crt'),
    );
  });

  it('generates the exemptions from the configuration', async () => {
    const text = JSON.stringify(await runJson());
    for (const part of [
      `['argocd', 'holdfast-system', 'prod']`,
      'argocd/controller',
      `k == 'my/instance'`,
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.equal(text.includes('flux-system'), false);
  });

  it('counts the namespace of Flux, and no label where Argo CD tracks by annotation', async () => {
    await writeFile(join(folder, 'flux.yaml'), FLUX_CONFIGURATION);
    const text = JSON.stringify(await runJson('--config', 'flux.yaml'));
    assert.ok(text.includes(`['argocd', 'holdfast-system', 'our-flux']`));
    assert.equal(text.includes('my/instance'), false);
  });

  it('puts the certificate of the authority into caBundle, and never a key beside it', async () => {
    const [validating] = await runJson('--ca-file', 'ca.crt');
    const bundle = /"caBundle":"(?<pem>[^"]+)"/u.exec(JSON.stringify(validating))?.groups?.['pem'];
    assert.equal(
      Buffer.from(bundle ?? '', 'base64')
        .toString('utf8')
        .trim(),
      authority.cert.replaceAll('\r', '').trim(),
    );
  });

  it('reaches the webhook as told, and takes its own namespace from the Service', async () => {
    const service = JSON.stringify(await runJson('--service', 'guard/hold:8443'));
    assert.ok(service.includes('"namespace":"guard","name":"hold","path":"/validate","port":8443'));
    assert.ok(service.includes(`!(request.?namespace.orValue('') == 'guard')`));
    const url = JSON.stringify(
      await runJson('--url', 'https://10.0.0.5:8443', '--namespace', 'own'),
    );
    assert.ok(url.includes('"url":"https://10.0.0.5:8443/mutate"'));
    assert.ok(url.includes(`== 'own'`));
  });

  it('reaches it at the address of the configuration, unless it is told a Service', async () => {
    const file = 'reached.yaml';
    const address = "registration: { url: 'https://10.0.0.7:8443' }\n";
    await writeFile(join(folder, file), `${CONFIGURATION}${address}`);
    const own = JSON.stringify(await runJson('--config', file));
    assert.ok(own.includes('"url":"https://10.0.0.7:8443/mutate"'));
    const told = JSON.stringify(await runJson('--config', file, '--service', 'guard/hold:8443'));
    assert.ok(told.includes('"namespace":"guard","name":"hold","path":"/validate","port":8443'));
    assert.ok(!told.includes('10.0.0.7'));
  });

  it('takes failure policies, namespaces and recovery accounts', async () => {
    const items = await runJson(
      ...'--failure-policy-drift Ignore --gitops-namespace rollouts'.split(' '),
      ...'--recovery-account system:serviceaccount:net:agent'.split(' '),
    );
    assert.equal(items[0]?.webhooks?.[0]?.['failurePolicy'], 'Ignore');
    const text = JSON.stringify(items);
    assert.ok(text.includes('rollouts') && text.includes('system:serviceaccount:net:agent'));
  });

  it('adds the guard, which names the writers and the given users', async () => {
    const items = await runJson('--with-guard', '--guard-user', 'installer');
    assert.deepEqual(
      items.map(({ kind }) => kind),
      [
        'ValidatingWebhookConfiguration',
        'MutatingWebhookConfiguration',
        ...Array.from({ length: 5 }, () => [
          'ValidatingAdmissionPolicy',
          'ValidatingAdmissionPolicyBinding',
        ]).flat(),
      ],
    );
    const guard = JSON.stringify(items[2]);
    assert.ok(guard.includes(`{"name":"people","expression":"['installer']"}`));
    const accounts = ['argocd:controller', 'holdfast-system:holdfast'].map(
      (account) => `'system:serviceaccount:${account}'`,
    );
    assert.ok(guard.includes(`{"name":"accounts","expression":"[${accounts.join(', ')}]"}`), guard);
  });

  it('prints the guards alone as a file of the API server, with whom the configuration names', async () => {
    const guard = 'registration: { guard: { usernames: [pipeline], exemptGroups: [on-call] } }';
    await writeFile(join(folder, 'guarded.yaml'), `${CONFIGURATION}${guard}\n`);
    const { status, printed } = await run('--config', 'guarded.yaml', '--static-guard');
    assert.equal(status, 'ok');
    assert.equal(printed.match(/^kind: ValidatingAdmissionPolicy$/gmu)?.length, 6);
    assert.equal(
      printed.match(/^ {2}name: [a-z-]+\.holdfast\.dev\.static\.k8s\.io$/gmu)?.length,
      12,
    );
    assert.match(printed, /\['pipeline'\]/u);
    assert.match(printed, /\['on-call'\]/u);
    assert.doesNotMatch(printed, /WebhookConfiguration/u);
  });

  it('does not compare files of the API server with what the API serves', async () => {
    const { status, reported } = await run('--static-guard', '--diff');
    assert.equal(status, 'usage');
    assert.match(reported, /--diff and --static-guard exclude each other/u);
  });

  it('prints nothing without a configuration that names writers, and says which one is wanted', async () => {
    await writeFile(join(folder, 'empty.yaml'), 'cluster: { name: test }\n');
    for (const more of [[], ['--with-guard', '--guard-user', 'alice'], ['--profile', 'trial']]) {
      const { status, printed, reported } = await run('--config', 'empty.yaml', ...more);
      assert.deepEqual([status, printed], ['configuration', '']);
      assert.match(
        reported,
        /found no identity\.writers\nName the configuration .* --config FILE/u,
      );
    }
    const without = recordContext({ workingDirectory: join(folder, '..') });
    const options = { commands: [manifestsCommand], groups: {}, version: '0' };
    const status = await runProgram(['manifests'], { ...options, context: without.context });
    assert.deepEqual([status, without.printed()], ['configuration', '']);
  });

  it('says in plain words what the profile leaves open or shut, and warns of a trial that refuses', async () => {
    await writeFile(join(folder, 'warns.yaml'), `${CONFIGURATION}\npolicies: { mode: warn }\n`);
    const production = await run('--config', 'warns.yaml');
    assert.match(production.reported, /While Holdfast is away, these writes are refused/u);
    assert.match(production.reported, /policies\.mode is warn.*use --profile trial/u);
    const trial = await run('--config', 'warns.yaml', '--profile', 'trial');
    assert.match(trial.reported, /While Holdfast is away, every write passes unjudged/u);
    assert.doesNotMatch(trial.reported, /policies\.mode/u);
    assert.equal(trial.printed.includes('failurePolicy: Fail'), false);
  });

  it('takes profile, pilot namespaces and annotations from the configuration, and from options before it', async () => {
    const registration = `registration: { profile: trial, pilotNamespaces: [shop], annotations: { a/b: '1' } }`;
    await writeFile(join(folder, 'trial.yaml'), `${CONFIGURATION}\n${registration}\n`);
    const asWritten = JSON.stringify(await runJson('--config', 'trial.yaml'));
    assert.ok(asWritten.includes('"values":["shop"]') && asWritten.includes('{"a/b":"1"}'));
    const trial = ['--pilot-namespace', 'blog', '--annotation', 'c=d=e'];
    const replaced = JSON.stringify(await runJson('--config', 'trial.yaml', ...trial));
    assert.ok(replaced.includes('"values":["blog"]') && replaced.includes('{"a/b":"1","c":"d=e"}'));
    const production = ['--config', 'trial.yaml', '--profile', 'production'];
    const text = JSON.stringify(await runJson(...production));
    assert.equal(text.includes('namespaceSelector'), false);
  });

  it('shows with --diff what applying would change, and ends as diff does', async (t) => {
    const server = await startFakeApiServer();
    t.after(() => server.stop());
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
    const live = (policy: string) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'holdfast', resourceVersion: '7', uid: 'u' },
      webhooks: [{ name: 'drift.holdfast.dev', failurePolicy: policy }],
    });
    server.answer(path, { body: live('Ignore') });
    const mutating = path.replace('validating', 'mutating');
    server.answer(mutating, { body: { metadata: { name: 'holdfast' } } });
    let answer: { status?: number; body: unknown } = { body: live('Fail') };
    server.answerWrites((write) =>
      write.path.startsWith(mutating) ? { body: { metadata: { name: 'holdfast' } } } : answer,
    );
    const diff = ['--diff', '--kubeconfig', server.kubeconfigFile];

    const changed = await run(...diff);
    assert.equal(changed.status, 'failed', changed.reported);
    assert.match(changed.printed, /^-    failurePolicy: Ignore\n\+    failurePolicy: Fail$/mu);

    answer = { body: live('Ignore') };
    const same = await run(...diff);
    assert.deepEqual([same.status, same.printed], ['ok', '']);

    answer = { status: 403, body: { message: 'the guard names somebody else' } };
    const refused = await run(...diff);
    assert.equal(refused.status, 'unavailable');
    assert.match(refused.reported, /cannot be compared: .*403/u);
  });

  const refusals: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['--url', 'http://host'], 'usage', /A URL such as https:\/\/host:8443 is wanted/u],
    [['--service', 'holdfast'], 'usage', /A service is wanted as namespace\/name/u],
    [['--url', 'https://a', '--service', 'a/b'], 'usage', /exclude each other/u],
    [['--config', 'none.yaml'], 'configuration', /none\.yaml/u],
    [
      ['--with-guard', '--guard-user', 'YOU'],
      'usage',
      /found the placeholder "YOU"\nYours: kubectl auth whoami/u,
    ],
    [['--with-guard', '--guard-user', '<you>'], 'usage', /placeholder "<you>"/u],
    [['--annotation', 'a b=c'], 'usage', /--annotation: Expected the key of an annotation/u],
    [['--pilot-namespace', 'shop'], 'usage', /--pilot-namespace: Expected the profile "trial"/u],
    [
      ['--profile', 'trial', '--pilot-namespace', 'team-*'],
      'usage',
      /--pilot-namespace: Expected the name of a namespace/u,
    ],
    [['--diff', '--kubeconfig', 'none'], 'unavailable', /kubeconfig/u],
  ];
  for (const [argv, expected, reason] of refusals) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const { status, printed, reported } = await run(...argv);
      assert.deepEqual([status, printed], [expected, '']);
      assert.match(reported, reason);
    });
  }

  it('refuses an authority that is missing or none', async () => {
    const missing = await run('--ca-file', 'none.crt');
    assert.match(missing.reported, /"none\.crt": there is no such file/u);
    const none = await run('--ca-file', 'tls.key');
    assert.match(none.reported, /"tls\.key": A certificate in PEM is wanted, found none/u);
    assert.deepEqual([missing.printed, none.printed], ['', '']);
  });
});
