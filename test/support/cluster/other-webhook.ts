/**
 * A validating webhook of somebody else, beside Holdfast. The API server asks all validating webhooks at a time: what this one refuses, or
 * holds back while the object changes, Holdfast has let pass already.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isRecord } from '../../../src/base/is-record.ts';
import { issueTestCertificate } from '../certificates.ts';
import type { Cluster } from './cluster-handle.ts';

/** Of a review, counted from 0 since the answer was given. */
type Answer = (reviewIndex: number) => Promise<boolean> | boolean;

export interface OtherWebhook {
  /** Answers each review from now on; by default it allows. `undefined` allows again. */
  readonly answerWith: (answer: Answer | undefined) => void;
}

const NAME = 'somebody-else';
const PATH = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${NAME}`;

/** Registers it for every update and deletion of a resource in the namespace `shop`; resolves once the API server asks it. */
export async function startOtherWebhook(
  cluster: Cluster,
  rule: { readonly apiGroups: readonly string[]; readonly resources: readonly string[] },
): Promise<OtherWebhook> {
  const pair = issueTestCertificate({ commonNames: [NAME], purpose: 'server' });
  let answer: Answer | undefined;
  let reviews = 0;
  const server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    const respond = async (): Promise<void> => {
      const review: unknown = await json(request);
      const inner = isRecord(review) ? review['request'] : undefined;
      const uid = isRecord(inner) ? inner['uid'] : undefined;
      const index = reviews;
      reviews += 1;
      const allowed = answer === undefined || (await answer(index));
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid, allowed, ...(!allowed && { status: { message: 'not today' } }) },
        }),
      );
    };
    respond().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cluster.onStop(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  await cluster.mustKubectl('root', ['create', '-f', '-'], {
    input: describe(`https://127.0.0.1:${port}/`, pair.cert, rule),
  });
  cluster.onStop(async () => {
    await cluster.request('root', PATH, { method: 'DELETE' });
  });
  return {
    answerWith: (given) => {
      reviews = 0;
      answer = given;
    },
  };
}

function describe(
  url: string,
  certificate: string,
  rule: { readonly apiGroups: readonly string[]; readonly resources: readonly string[] },
): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: NAME },
    webhooks: [
      {
        name: 'other.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 10,
        clientConfig: { url, caBundle: Buffer.from(certificate).toString('base64') },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        rules: [{ ...rule, apiVersions: ['*'], operations: ['UPDATE', 'DELETE'] }],
      },
    ],
  };
}
