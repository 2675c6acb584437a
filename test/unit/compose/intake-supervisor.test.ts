/** The intake thread, run by its supervisor. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { startIntake } from '../../../src/compose/bind-intake.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { sentAuditEvent, sentEventList } from '../../support/audit-event-samples.ts';
import { serverCertificatesOf } from '../../support/certificates.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { findingRecorder } from '../../support/finding-recorder.ts';
import { createHttpsClient } from '../../support/https-client.ts';
import { report } from '../../support/intake-server-stage.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { drawText } from '../../support/sample-credentials.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

describe('IntakeSupervisor', () => {
  it('records what its thread is told, and has what could not be recorded sent again', async (t) => {
    const { authority, server: pair } = serverCertificatesOf('holdfast');
    const token = drawText(40);
    const folder = await makeTemporaryFolder(t, {
      'tls.crt': pair.cert,
      'tls.key': pair.key,
      token,
    });
    const api = await startFakeApiServer();
    t.after(() => api.stop());
    const items = { body: { metadata: { resourceVersion: '5' }, items: [] } };
    api.answer('/api/v1/namespaces/argocd/configmaps', items);
    const records: AuditRecord[] = [];
    let faults = 1;
    const { options: reporter } = findingRecorder((record) => {
      faults -= 1;
      if (faults >= 0) return Promise.reject(new Error('a full disk'));
      records.push(record);
      return Promise.resolve({});
    });
    const configuration = configurationSchema.parse({
      audit: { journal: { folder: join(folder, 'journal') } },
      kubernetes: { kubeconfigFile: api.kubeconfigFile },
      ownership: { gitopsOnlyNamespaces: ['shop'] },
      server: {
        tls: { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
      },
      intake: { port: 0, audit: { token: { file: join(folder, 'token') } } },
    });
    const telemetry = recordTelemetry();
    const intake = startIntake(
      { loaded: { configuration }, environment: {}, ...telemetry },
      reporter,
    );
    t.after(() => intake?.close());
    const told = () => telemetry.entries.find(({ fields }) => 'url' in fields)?.fields['url'];
    await waitUntil(() => told() !== undefined);
    assert.equal(intake?.problem(), undefined);
    const client = createHttpsClient(String(told()), { ca: authority.cert });
    t.after(() => {
      client.close();
    });
    const body = JSON.stringify(sentEventList([sentAuditEvent()]));
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) {
      statuses.push((await report(client, { path: '/audit', token, body })).httpStatus);
    }
    assert.deepEqual(statuses, [503, 200, 200]);
    assert.deepEqual(
      records.map(({ code, user, decisionId }) => [code, user.username, decisionId]),
      [['write_unjudged', 'alice', 'D1']],
    );
  });

  it('is not there where nobody asks for it, or the cluster is a snapshot', () => {
    const telemetry = recordTelemetry();
    const { options: reporter } = findingRecorder(() => Promise.resolve({}));
    const common = { environment: {}, ...telemetry };
    const configuration = configurationSchema.parse({});
    const asked = configurationSchema.parse({
      audit: { journal: {} },
      intake: { audit: { token: { env: 'T' } } },
    });
    assert.deepEqual(
      [
        startIntake({ ...common, loaded: { configuration } }, reporter),
        startIntake({ ...common, loaded: { configuration: asked }, clusterState: {} }, reporter),
      ],
      [undefined, undefined],
    );
  });
});
