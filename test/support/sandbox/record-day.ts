/** Records the day anew, from a real API server. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCertificates } from '../../../src/certificates/ensure-certificates.ts';
import { formatRecording } from '../../../src/capture/recorded-case.ts';
import { startRecorder } from '../../../src/capture/recorder.ts';
import type { Recorder } from '../../../src/capture/recorder.ts';
import { KUBERNETES_VERSION } from '../assets/families.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { startDayCluster } from './day-cluster.ts';
import { createDayPlayer } from './play-day.ts';
import type { DayPlayer } from './play-day.ts';

/** What `npm start` plays. */
export const RECORDED_DAY = join(import.meta.dirname, '..', '..', 'fixtures', 'recorded-day.json');

/** Plays the day on a cluster of its own and writes the reviews to the file. */
export async function recordDay(file: string, print: (line: string) => void): Promise<void> {
  const cluster = await startDayCluster();
  try {
    const player = createDayPlayer();
    const recorder = await listen(cluster, player);
    await player.play(cluster, ({ name }) => {
      print(name);
    });
    await recorder.stop();
    const cases = recorder.cases();
    await writeFile(file, formatRecording({ kubernetes: KUBERNETES_VERSION, cases }));
    print(`Wrote ${cases.length} reviews to ${file}`);
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
