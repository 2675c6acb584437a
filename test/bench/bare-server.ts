/**
 * The bare HTTPS server that Holdfast is measured against: `node bare-server.ts constant|parse CERTIFICATE KEY`.
 *
 * `constant` reads the body and answers the same bytes each time. `parse` also parses the body as JSON and answers its uid: what every admission
 * webhook in Node must at least do, and therefore the limit.
 */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { z } from 'zod';

const [mode = '', certificateFile = '', keyFile = ''] = process.argv.slice(2);

const orderSchema = z.enum(['constant', 'parse']);
const uidSchema = z.string();

const NO_UID = '00000000-0000-0000-0000-000000000000';

function formatAllowed(uid: string): string {
  return `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}","allowed":true}}`;
}

const CONSTANT = formatAllowed(NO_UID);

/** Without a schema: the limit is what JSON.parse costs, not what checking costs. */
function readUid(body: Buffer): string {
  const review: { readonly request: { readonly uid: unknown } } = JSON.parse(body.toString());
  return uidSchema.parse(review.request.uid);
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

const order = orderSchema.parse(mode);
const server = createServer(
  { cert: readFileSync(certificateFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3' },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(
        response,
        order === 'constant' ? CONSTANT : formatAllowed(readUid(Buffer.concat(chunks))),
      );
    });
  },
);
server.maxRequestsPerSocket = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`ready https://127.0.0.1:${port}\n`);
});
