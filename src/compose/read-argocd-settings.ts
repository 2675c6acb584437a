/** Reads argocd-cm once, for commands; a running service watches it. */
import type { MonotonicMs } from '../base/clock.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import {
  parseArgocdSettings,
  type ArgocdSettings,
} from '../kubernetes/lookup/parse-argocd-settings.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';

export type ReadArgocdSettings =
  | { readonly status: 'read'; readonly settings: ArgocdSettings }
  | { readonly status: 'unavailable'; readonly reason: string };

/** The defaults of Argo CD where there is no argocd-cm. Never rejects. */
export async function readArgocdSettings(
  { read }: Pick<ClusterClient, 'read'>,
  namespace: string,
  deadlineAtMs: MonotonicMs,
): Promise<ReadArgocdSettings> {
  const path = formatObjectPath({ ...CONFIG_MAP, namespace });
  if (path === undefined) {
    const reason = `ownership.argocd.namespace: "${namespace}" is no name of a namespace`;
    return { status: 'unavailable', reason };
  }
  const reading = await read(path, { deadlineAtMs });
  if (reading.status === 'unavailable') return { status: 'unavailable', reason: reading.reason };
  const configMap = reading.status === 'read' ? parseObject(reading.body) : undefined;
  return { status: 'read', settings: parseArgocdSettings(configMap) };
}

const CONFIG_MAP = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  name: 'argocd-cm',
};
