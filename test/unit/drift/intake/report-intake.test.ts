import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FindingIntake } from '../../../../src/drift/intake/finding-intake.ts';
import { formatObservedRecord } from '../../../../src/drift/intake/format-observed-record.ts';
import type { ObservedFinding } from '../../../../src/drift/intake/observed-finding.ts';
import { parseArgocdNotification } from '../../../../src/drift/intake/parse-argocd-notification.ts';
import { parseFalcoEvent } from '../../../../src/drift/intake/parse-falco-event.ts';
import {
  ReportIntake,
  type ReportIntakeOptions,
} from '../../../../src/drift/intake/report-intake.ts';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { sentFalcoEvent, sentNotification } from '../../../support/reported-events.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const ORIGIN = {
  decisionId: 'D1',
  time: '2026-01-05T08:00:01.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};
const CHECKOUT = { tool: 'argocd', app: 'checkout' } as const;

type Owner = Awaited<ReturnType<ReportIntakeOptions['ownerOfPod']>>;

function stage(owner: Owner | 'nobody' = CHECKOUT) {
  const recorded: ObservedFinding[] = [];
  const asked: string[] = [];
  const reports = new ReportIntake({
    intake: new FindingIntake({
      recordsPerMinuteMax: 100,
      clock: clockOf(() => 0),
      metrics: recordTelemetry().metrics,
      record: (finding) => {
        recorded.push(finding);
        return Promise.resolve('D1');
      },
    }),
    ownerOfPod: (namespace, name) => {
      asked.push(`${namespace}/${name}`);
      return Promise.resolve(owner === 'nobody' ? undefined : owner);
    },
  });
  const falco = async (more: object = {}, managedOnly = true) => {
    const parsed = parseFalcoEvent(sentFalcoEvent(more));
    assert.ok(parsed.ok);
    const body = Buffer.from(JSON.stringify(more));
    await reports.takeFalco(parsed.event, { minimumPriority: 'Notice', managedOnly, body });
  };
  const argocd = async (more: object = {}) => {
    const parsed = parseArgocdNotification(sentNotification(more));
    assert.ok(parsed.ok);
    await reports.takeArgocd(parsed.notification);
  };
  const messages = () =>
    recorded.map((finding) => {
      const record = formatObservedRecord(finding, ORIGIN);
      assert.deepEqual(auditRecordSchema.parse(record), record);
      return record.message.split('\n')[0];
    });
  return { reports, recorded, asked, falco, argocd, messages };
}

describe('an event of Falco', () => {
  it('is recorded with the application that its pod belongs to, once', async () => {
    const on = stage();
    await on.falco();
    await on.falco();
    assert.deepEqual(on.messages(), [
      'Falco: Terminal shell in container (Notice), pods shop/checkout-5d4f of "checkout" (argocd).',
    ]);
    assert.deepEqual(on.recorded[0], {
      code: 'runtime_suspicion',
      operation: 'CONNECT',
      object: {
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: '',
        kind: 'Pod',
        namespace: 'shop',
        name: 'checkout-5d4f',
      },
      managedBy: CHECKOUT,
      observed: {
        source: 'falco',
        id: '6f1d2c3b-0000-4000-8000-000000000001',
        time: '2026-01-05T08:00:00.123Z',
        rule: 'Terminal shell in container',
        priority: 'Notice',
        output: 'A shell was spawned in a container with an attached terminal',
      },
    });
  });

  it('is not recorded in a pod that nobody manages, unless all are asked for', async () => {
    const on = stage('nobody');
    await on.falco();
    assert.deepEqual([on.recorded, on.asked], [[], ['shop/checkout-5d4f']]);
    const all = stage('nobody');
    await all.falco({}, false);
    assert.equal(all.recorded.length, 1);
    assert.equal(all.recorded[0] && 'managedBy' in all.recorded[0], false);
  });

  it('is recorded where nobody can tell whose pod it is', async () => {
    const on = stage('unknown');
    await on.falco({ priority: 'Critical', uuid: '', output: '' });
    assert.equal(on.recorded[0]?.code, 'runtime_attack');
    assert.match(on.recorded[0]?.observed.id ?? '', /^[0-9a-f]{32}$/u);
  });

  it('names who has asked the API server, and for what', async () => {
    const on = stage();
    const output_fields = {
      'ka.user.name': 'alice',
      'ka.target.namespace': 'shop',
      'ka.target.resource': 'configmaps',
      'ka.target.name': 'checkout',
    };
    await on.falco({ output_fields }, false);
    assert.deepEqual(on.recorded[0]?.user, { username: 'alice', groups: [] });
    assert.deepEqual(
      [on.recorded[0]?.object.resource, on.recorded[0]?.object.name, on.asked],
      ['configmaps', 'checkout', []],
    );
  });

  it('is not recorded where it is milder than is asked for', async () => {
    const on = stage();
    await on.falco({ priority: 'Debug' });
    assert.deepEqual([on.recorded, on.asked], [[], []]);
  });
});

describe('a notification of Argo CD', () => {
  it('is recorded with the states and the revision of the application', async () => {
    const on = stage();
    await on.argocd();
    await on.argocd();
    assert.deepEqual(on.messages(), [
      'Argo CD says of the application argocd/checkout: OutOfSync, Healthy, Failed: one or more objects failed to apply.',
    ]);
    assert.equal(on.recorded[0]?.code, 'application_sync_failed');
    assert.equal(on.recorded[0]?.observed.revision, 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  });

  it('is not recorded where all is well', async () => {
    const on = stage();
    await on.argocd({ sync: 'Synced', phase: 'Succeeded' });
    assert.deepEqual(on.recorded, []);
  });

  it('is recorded without what it does not have', async () => {
    const on = stage();
    await on.argocd({ sync: null, health: 'Degraded', phase: '', message: '', revision: '' });
    assert.deepEqual(on.messages(), ['Argo CD says of the application argocd/checkout: Degraded.']);
  });
});

describe('a plan of Terraform', () => {
  const change = (address: string) =>
    ({
      address,
      type: 'aws_s3_bucket',
      action: 'update',
      attributes: [],
      isTruncated: false,
    }) as const;
  const take = (on: ReturnType<typeof stage>, addresses: readonly string[]) =>
    on.reports.takeTerraform(
      { terraformVersion: '1.9.0', drift: addresses.map(change), changes: [change('planned')] },
      { workspace: 'prod/network', body: Buffer.from(addresses.join()) },
    );

  it('is recorded with the addresses of what others have changed, and no values', async () => {
    const on = stage();
    await take(on, ['aws_s3_bucket.a']);
    assert.deepEqual(on.messages(), [
      'Others have changed what the Terraform workspace prod/network manages: update aws_s3_bucket.a.',
    ]);
  });

  it('is recorded with the first of many', async () => {
    const on = stage();
    await take(
      on,
      Array.from({ length: 25 }, (_, index) => `a.b${index}`),
    );
    const { changed = [], unlisted } = on.recorded[0]?.observed ?? {};
    assert.deepEqual([changed.length, unlisted], [20, 5]);
    assert.deepEqual(on.messages(), [
      'Others have changed what the Terraform workspace prod/network manages: update a.b0, update a.b1, update a.b2 and 22 more.',
    ]);
  });

  it('is not recorded where only the plan would change something', async () => {
    const on = stage();
    await take(on, []);
    assert.deepEqual(on.recorded, []);
  });
});
