/** Writes under the controller's name with forged extra fields, as whoever may impersonate everything can. */
import { request } from 'node:https';
import type { ApiAnswer } from '../cluster/api-client.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';

export interface ForgedWrite {
  readonly path: string;
  /** A merge patch. */
  readonly body: object;
  readonly pod: { readonly name: string; readonly uid: string };
}

/** The account's uid is the real one: a cluster-admin can read it. */
export async function impersonateController(
  cluster: Cluster,
  { path, body, pod }: ForgedWrite,
): Promise<ApiAnswer> {
  const { namespace, serviceAccount } = ARGOCD;
  const account = await cluster.request(
    'alice',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}`,
  );
  const extra = 'impersonate-extra-authentication.kubernetes.io%2f';
  const headers = {
    authorization: `Bearer ${tokenOf(cluster, 'alice')}`,
    'content-type': 'application/merge-patch+json',
    'impersonate-user': `system:serviceaccount:${namespace}:${serviceAccount}`,
    'impersonate-uid': account.body.metadata?.uid ?? '',
    [`${extra}pod-name`]: pod.name,
    [`${extra}pod-uid`]: pod.uid,
  };
  return new Promise((resolve, reject) => {
    const url = new URL(path, cluster.url);
    const outgoing = request(url, { method: 'PATCH', ca: cluster.ca, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const answer: ApiAnswer['body'] = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        resolve({ code: incoming.statusCode ?? 0, body: answer });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

function tokenOf(cluster: Cluster, user: string): string {
  const credential = cluster.credentials()[user];
  return credential !== undefined && 'token' in credential ? credential.token : '';
}
