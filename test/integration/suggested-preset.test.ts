/** The preset that `holdfast report` names for what an operator was refused: the lines it prints let pass what they are printed for. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import { runProgram } from '../../src/cli/program.ts';
import { reportCommand } from '../../src/cli/report/report.ts';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { recordContext } from '../support/command-context.ts';
import { buildJournal } from '../support/journal/build-journal.ts';
import { sampleRecord } from '../support/journal/sample-record.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const USERNAME = 'system:serviceaccount:certificates:prod-cert-manager-cainjector';
const NAME = 'v1.metrics.example.com';
const STORED = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: {
    name: NAME,
    annotations: {
      'argocd.argoproj.io/tracking-id': `metrics:apiregistration.k8s.io/APIService:metrics/${NAME}`,
    },
  },
  spec: {
    group: 'metrics.example.com',
    version: 'v1',
    service: { name: 'a', namespace: 'metrics' },
  },
};
const INJECTED = { ...STORED, spec: { ...STORED.spec, caBundle: 'Y2E=' } };

async function decide(sections: object): Promise<boolean> {
  const written = JSON.stringify({
    cluster: { name: 'test' },
    policies: { bundle: await bundleFolder() },
    ...sections,
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const decider = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: [STORED],
  });
  const request = {
    uid: '00000000-0000-0000-0000-000000000001',
    kind: { group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService' },
    resource: { group: 'apiregistration.k8s.io', version: 'v1', resource: 'apiservices' },
    name: NAME,
    operation: 'UPDATE',
    userInfo: { username: USERNAME, uid: 'u', groups: ['system:serviceaccounts'] },
    object: INJECTED,
    oldObject: STORED,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  try {
    const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
    assert.ok(verdict.status === 'decided');
    return verdict.decision.allowed;
  } finally {
    await decider.close();
  }
}

/** What the mode warn let pass. */
function refused(number: number): AuditRecord {
  const code = 'managed_object_changed';
  return sampleRecord(number, {
    allowed: true,
    code: 'allowed',
    message: '',
    user: { username: USERNAME, groups: [], extra: {} },
    managedBy: { tool: 'argocd', app: 'metrics' },
    operation: 'UPDATE',
    object: {
      group: 'apiregistration.k8s.io',
      version: 'v1',
      resource: 'apiservices',
      kind: 'APIService',
      subresource: '',
      namespace: '',
      name: NAME,
    },
    wouldDeny: { code, message: `Managed\nChange it in Git\n(${code})` },
    policies: [
      {
        policy: 'gitops_only_writes',
        mode: 'warn',
        status: 'warned',
        codes: [code],
        wouldDeny: true,
      },
    ],
    change: {
      semantic: true,
      truncated: false,
      protectedKeys: [],
      paths: [{ path: 'spec.caBundle', segments: ['spec', 'caBundle'], kind: 'added' }],
    },
  });
}

const reportSchema = z.looseObject({
  groups: z.array(z.looseObject({ suggestion: z.looseObject({ configuration: z.string() }) })),
});

test('the lines of the report switch on the preset that lets the operator do what it did', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(join(folder, 'j'), { segments: [3], record: refused });
  const { context, printed } = recordContext({ workingDirectory: folder });
  const period = ['--since=2026-11-20', '--until=2026-11-20T08:01Z'];
  await runProgram(['report', ...period, '--output', 'json', 'j'], {
    commands: [reportCommand],
    groups: {},
    version: '0',
    context,
  });

  const { groups } = reportSchema.parse(JSON.parse(printed()));
  const lines = groups[0]?.suggestion.configuration ?? '';
  const yaml = parseYaml(lines, { dialect: 'strict', aliasesMax: 0 });
  const sections: unknown = yaml.ok ? yaml.documents[0]?.value : undefined;

  const accounts = { cainjector: 'prod-cert-manager-cainjector' };
  const chosen = { preset: 'cert-manager', namespace: 'certificates', accounts };
  assert.deepEqual(sections, { identity: { operatorPresets: [chosen] } });
  assert.equal(await decide({}), false);
  assert.equal(await decide({ identity: { operatorPresets: [chosen] } }), true);
});
