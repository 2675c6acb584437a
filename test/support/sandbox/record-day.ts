/**
 * Records `test/fixtures/recorded-day.json` anew, from a real API server:
 *
 *     node_modules/.bin/node test/support/sandbox/record-day.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCertificates } from '../../../src/cluster/certificates/ensure-certificates.ts';
import { formatRecording } from '../../../src/recording/format-recording.ts';
import { startRecorder } from '../../../src/recording/recorder.ts';
import type { Recorder } from '../../../src/recording/recorder.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { DAY_KUBERNETES_VERSION, startDayCluster } from './day-cluster.ts';
import { createDayPlayer } from './play-day.ts';
import type { DayPlayer } from './play-day.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'recorded-day.json');

async function recordDay(file: string): Promise<void> {
  const cluster = await startDayCluster();
  try {
    const player = createDayPlayer();
    const recorder = await listen(cluster, player);
    await player.play(cluster, ({ name }) => process.stderr.write(`${name}\n`));
    await recorder.stop();
    await writeFile(
      file,
      formatRecording({ kubernetes: DAY_KUBERNETES_VERSION, cases: recorder.cases() }),
    );
    process.stderr.write(`Wrote ${recorder.cases().length} reviews to ${file}\n`);
  } finally {
    await cluster.stop();
  }
}

/** Starts the recorder and registers it for everything; returns once the API server sends reviews. */
async function listen(cluster: Cluster, player: DayPlayer): Promise<Recorder> {
  const { files, authorityPem } = await ensureCertificates({
    folder: join(cluster.folder, 'recorder'),
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  let hasArrived = false;
  const recorder = await startRecorder({
    host: '127.0.0.1',
    port: 0,
    certificatePem: await readFile(files.leafCertificate, 'utf8'),
    keyPem: await readFile(files.leafKey, 'utf8'),
    label: (review) => {
      hasArrived = true;
      return player.label(review);
    },
  });
  await cluster.mustKubectl('root', ['apply', '-f', '-'], {
    input: registration(recorder.url, authorityPem),
  });
  await waitFor('the API server sends reviews', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'probe-' } };
    await cluster.request('root', '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      body,
    });
    return hasArrived;
  });
  return recorder;
}

function registration(url: string, authorityPem: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'recorder' },
    webhooks: [
      {
        name: 'recorder.holdfast.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { url: `${url}/`, caBundle: Buffer.from(authorityPem).toString('base64') },
        rules: [
          {
            operations: ['*'],
            apiGroups: ['*'],
            apiVersions: ['*'],
            resources: ['*/*'],
            scope: '*',
          },
        ],
      },
    ],
  };
}

await recordDay(process.argv[2] ?? FIXTURE);
