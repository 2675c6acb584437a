/** Sends requests under any name. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { Cluster } from '../cluster/cluster.ts';
import { CORE } from './attempt.ts';
import type { Attempt, Caller } from './attempt.ts';

/** The uids of pods and nodes, by `namespace/name`. */
export async function readUids(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const lists = await Promise.all(
    ['pods', 'nodes'].map((kind) => cluster.request('root', `${CORE}/${kind}`)),
  );
  const objects = lists.flatMap(({ body }) => body.items ?? []);
  return new Map(
    objects.map(({ metadata }) => [
      `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
      metadata?.uid ?? '',
    ]),
  );
}

/** Sends dry-run requests under any name; RBAC never stands in the way, since what is tested comes after it. */
export async function impersonator(cluster: Cluster, uids: ReadonlyMap<string, string>) {
  const kubeconfig: unknown = JSON.parse(await readFile(cluster.kubeconfigOf('root'), 'utf8'));
  const token = /"token":"(?<token>[^"]+)"/u.exec(JSON.stringify(kubeconfig))?.groups?.['token'];
  const agent = new Agent({ keepAlive: true, ca: cluster.ca });
  cluster.onStop(() => {
    agent.destroy();
  });
  return ({ as, method, path, body }: Attempt): Promise<{ code: number; message: string }> =>
    new Promise((resolve, reject) => {
      const url = new URL(path, cluster.url);
      if (!path.includes('/exec')) url.searchParams.set('dryRun', 'All');
      const outgoing = request(
        url,
        { method, agent, headers: headersFor(as, method, `${token}`) },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => (text += chunk));
          incoming.on('end', () => {
            resolve({ code: incoming.statusCode ?? 0, message: messageOf(text) });
          });
        },
      );
      outgoing.on('error', reject);
      const content = typeof body === 'function' ? body(uids) : body;
      outgoing.end(content === undefined ? undefined : JSON.stringify(content));
    });
}

function headersFor({ user, uid, groups = [] }: Caller, method: string, token: string) {
  return {
    authorization: `Bearer ${token}`,
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    'impersonate-user': user,
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    'impersonate-group': ['system:masters', 'system:authenticated', ...groups],
  };
}

function messageOf(text: string): string {
  const value: unknown = text === '' ? {} : JSON.parse(text.startsWith('{') ? text : '{}');
  const message: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : '';
  return typeof message === 'string' ? message : '';
}
