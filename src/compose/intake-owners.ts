/** Who manages what others report about: by the marks of the object they send, else of the object as it is now. */
import { addMs, type Clock } from '../base/clock.ts';
import type { AuditedObject } from '../drift/intake/audit-event.ts';
import type { ReportIntakeOptions } from '../drift/intake/report-intake.ts';
import type { AuditIntakeOptions, OwnerReading } from '../drift/intake/audit-intake.ts';
import type { ManagedBy } from '../drift/drift-finding.ts';
import { HoldfastError } from '../errors.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import { formatObjectPath, pluralOf } from '../kubernetes/client/format-api-path.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';
import { DriftMarks } from './drift-marks.ts';
import type { IntakeConfiguration } from './intake-messages.ts';

export interface BoundOwners
  extends
    Pick<AuditIntakeOptions, 'ownerOf' | 'readOwner'>,
    Pick<ReportIntakeOptions, 'ownerOfPod'> {
  readonly close: () => Promise<void>;
}

/** One batch is read after the other; the rest is for argocd-cm. */
const CONNECTIONS_MAX = 4;
const READ_MS = 2000;
/** Pod, Job, CronJob; Pod, ReplicaSet, Deployment; one of an operator above it. */
const HEIGHT_MAX = 5;
const POD = { group: '', version: 'v1', resource: 'pods', subresource: '', uid: '' } as const;

/** Rejects outside of a cluster. */
export async function bindOwners(
  { kubernetes, ownership }: Pick<IntakeConfiguration, 'kubernetes' | 'ownership'>,
  { clock }: { readonly clock: Clock },
): Promise<BoundOwners> {
  const client = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock,
  });
  if (client === undefined) {
    throw new HoldfastError(
      'lookup_not_configured',
      'Nothing can be reported: there is no cluster that tells who manages what',
    );
  }
  const marks = new DriftMarks({ kubernetes, ownership }, { client, clock });
  const scopes = new Set(ownership.gitopsOnlyNamespaces);
  const ownerOf = (object: KubernetesObject, place: AuditedObject): ManagedBy | undefined => {
    const { group, version, resource, namespace, name } = place;
    const reference = { group, version, resource, kind: object.kind ?? '', namespace, name };
    const marked = marks.find(object, reference);
    if (marked !== undefined || !scopes.has(namespace)) return marked;
    return { tool: 'scope', app: namespace };
  };
  const read = async (place: AuditedObject): Promise<KubernetesObject | undefined> => {
    const { namespace } = place;
    const path = formatObjectPath({
      ...place,
      kind: '',
      ...(namespace === '' && { namespace: undefined }),
    });
    if (path === undefined) return undefined;
    const reading = await client.read(path, { deadlineAtMs: addMs(clock.monotonicMs(), READ_MS) });
    return reading.status === 'read' ? parseObject(reading.body) : undefined;
  };
  return {
    ownerOf,
    readOwner: async (place): Promise<OwnerReading> => {
      const object = await read(place);
      return object === undefined ? 'unknown' : ownerOf(object, place);
    },
    ownerOfPod: async (namespace, name) => {
      let place: AuditedObject = { ...POD, namespace, name };
      for (let height = 0; height < HEIGHT_MAX; height += 1) {
        const object = await read(place);
        if (object === undefined) return 'unknown';
        const owner = ownerOf(object, place);
        const controller = object.metadata?.ownerReferences?.find((one) => one.controller === true);
        if (owner !== undefined || controller === undefined) return owner;
        place = placeOf(controller, namespace);
      }
      return 'unknown';
    },
    close: async () => {
      await marks.close();
      client.close();
    },
  };
}

/** A controller is in the namespace of what it has made. */
function placeOf(
  { apiVersion, kind, name, uid }: OwnerReference,
  namespace: string,
): AuditedObject {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  return { group, version, resource: pluralOf(kind), subresource: '', namespace, name, uid };
}
