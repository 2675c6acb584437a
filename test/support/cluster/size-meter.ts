/** A webhook that allows everything and remembers how long the longest review was. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';
import { ensureCertificates } from '../../../src/certificates/ensure-certificates.ts';
import type { Cluster } from './cluster.ts';
import { findFreePorts } from './free-ports.ts';
import { waitFor } from './wait-for.ts';

export interface SizeMeter {
  /** The longest body since the last call. */
  readonly takeLongest: () => number;
}

/** Starts it and registers it for everything that is updated. It ends with the cluster. */
export async function registerSizeMeter(cluster: Cluster): Promise<SizeMeter> {
  const { files, authorityPem } = await ensureCertificates({
    folder: join(cluster.folder, 'size-meter'),
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  let longest = 0;
  const server = createServer(
    { cert: await readFile(files.leafCertificate), key: await readFile(files.leafKey) },
    (request, response) => {
      void buffer(request).then((body) => {
        longest = Math.max(longest, body.byteLength);
        // The uid stands at the start of a review; parsing many megabytes would only cost time.
        const uid = /"uid":"([^"]+)"/u.exec(body.toString('utf8', 0, 4096))?.[1];
        const answer = {
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid, allowed: true },
        };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    },
  );
  const [port = 0] = await findFreePorts(1);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cluster.onStop(() => {
    server.close();
    server.closeAllConnections();
  });
  await cluster.mustKubectl('root', ['apply', '-f', '-'], {
    input: registration(port, authorityPem),
  });
  await waitFor('the API server asks the size meter', async () => {
    const annotations = { 'size-meter.test/at': String(performance.now()) };
    await cluster.request('root', '/api/v1/namespaces/default', {
      method: 'PATCH',
      body: { metadata: { annotations } },
    });
    return longest > 0;
  });
  return {
    takeLongest: () => {
      const taken = longest;
      longest = 0;
      return taken;
    },
  };
}

function registration(port: number, authorityPem: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'size-meter' },
    webhooks: [
      {
        name: 'size-meter.holdfast.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(authorityPem).toString('base64'),
        },
        rules: [
          {
            operations: ['UPDATE'],
            apiGroups: ['*'],
            apiVersions: ['*'],
            resources: ['*'],
            scope: '*',
          },
        ],
      },
    ],
  };
}
