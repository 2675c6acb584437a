import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { operatorsSuggestCommand } from '../../../../src/cli/operators/suggest.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';

interface Refusal {
  readonly username: string;
  readonly uid?: string;
  readonly path: string;
  readonly segments: readonly string[];
  readonly object: Partial<AuditRecord['object']>;
}

const noted = (username: string, key: string): Refusal => ({
  username,
  uid: 'u',
  path: `metadata.annotations["${key}"]`,
  segments: ['metadata', 'annotations', key],
  object: {},
});

const KEDA: Refusal = {
  username: 'system:serviceaccount:keda:keda-operator',
  uid: 'u',
  path: 'metadata.labels["scaledobject.keda.sh/name"]',
  segments: ['metadata', 'labels', 'scaledobject.keda.sh/name'],
  object: { group: 'keda.sh', resource: 'scaledobjects' },
};

function recordOf(number: number, refusals: readonly Refusal[]): AuditRecord {
  const refusal = refusals[(number - 1) % refusals.length];
  assert.ok(refusal !== undefined);
  const { username, uid, path, segments, object } = refusal;
  const record = sampleRecord(3 * number);
  return {
    ...record,
    user: { username, groups: [], extra: {}, ...(uid !== undefined && { uid }) },
    actor: { class: 'other', proof: { grade: 'pod-bound', sufficient: true, reason: '' } },
    object: { ...record.object, ...object },
    change: {
      semantic: true,
      paths: [{ path, segments, kind: 'added', to: 'x' }],
      protectedKeys: [],
      truncated: false,
    },
  };
}

async function suggest(t: TestContext, refusals: readonly Refusal[]) {
  const folder = await makeTemporaryFolder(t);
  const configuration = {
    identity: { writers: [{ name: 'argocd', username: WRITER, tool: 'argocd' }] },
  };
  await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify(configuration));
  await buildJournal(join(folder, 'j'), {
    segments: [refusals.length],
    record: (number) => recordOf(number, refusals),
  });
  const recorded = recordContext({ workingDirectory: folder });
  const status = await runProgram(['operators', 'suggest', '--config', 'holdfast.yaml', 'j'], {
    commands: [operatorsSuggestCommand],
    groups: { operators: 'Operators' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

describe('holdfast operators suggest', () => {
  it('prints configuration for controllers, and says why it leaves others out', async (t) => {
    const issuer = 'system:serviceaccount:certificates:issuer';
    const { status, printed, reported } = await suggest(t, [
      KEDA,
      noted(issuer, 'example.com/seen'),
      noted('alice', 'example.com/seen'),
      noted(WRITER, 'example.com/seen'),
      { ...noted('system:serviceaccount:shop:forged', 'example.com/a'), uid: '' },
    ]);

    assert.deepEqual([status, reported], ['ok', '']);
    assert.equal(
      printed.replaceAll(/01JD\d+/gu, 'ID'),
      `# Read each line: what was observed may have been an attack.
identity:
  operatorPresets:
    # one write, such as decision ID; the preset covers all of them
    - preset: keda
  operators:
    # one write, such as decision ID
    - name: issuer
      username: system:serviceaccount:certificates:issuer
      rules:
        - verbs:
            - UPDATE
          groups:
            - apps
          resources:
            - deployments
          paths:
            - metadata.annotations["example.com/seen"]
# Left out: alice (one write, such as decision ID). It is no service account: people change what Git manages in Git, or under a grant.
# Left out: system:serviceaccount:argocd:argocd-application-controller (one write, such as decision ID). It is a GitOps writer: look for the cause of each refusal.`,
    );
    const parsed = parseConfiguration(printed, { file: 'h.yaml', folder: '/' });
    assert.ok(parsed.ok, JSON.stringify(parsed));
  });

  it('prints comments alone where nothing is proposed', async (t) => {
    const { printed } = await suggest(t, [noted('alice\nidentity: {}', 'example.com/a')]);

    assert.ok(
      printed.split('\n').every((line) => line.startsWith('# ')),
      printed,
    );
  });
});
