/** Takes events of the audit log of an API server: what they mean is recorded, once for each cause. */
import type { RecordedObservation } from '../../audit/audit-record.ts';
import { parseObject } from '../../kubernetes/lookup/parse-object.ts';
import type { Operation } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ManagedBy } from '../drift-finding.ts';
import type { AuditedObject, AuditEvent } from './audit-event.ts';
import {
  classifyAnnotations,
  createAuditClassifier,
  writtenObject,
  type AuditClassifierOptions,
  type AuditMeaning,
} from './classify-audit-event.ts';
import type { FindingIntake, TakenEvent } from './finding-intake.ts';
import type { ObservedFinding } from './observed-finding.ts';

/** Who manages an object: `undefined` for nobody, `unknown` where it cannot be told. */
export type OwnerReading = ManagedBy | undefined | 'unknown';

export interface AuditIntakeOptions {
  readonly classifier: AuditClassifierOptions;
  readonly intake: FindingIntake;
  /** By the object as it was written. */
  readonly ownerOf: (object: KubernetesObject, place: AuditedObject) => ManagedBy | undefined;
  /** By the object as it is now, for events without one. Never rejects. */
  readonly readOwner: (place: AuditedObject) => Promise<OwnerReading>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/** Events of one cluster. */
export class AuditIntake {
  readonly #options: AuditIntakeOptions;
  readonly #classify: (event: AuditEvent) => readonly AuditMeaning[];

  constructor(options: AuditIntakeOptions) {
    this.#options = options;
    this.#classify = createAuditClassifier(options.classifier);
  }

  /** Takes them in their order. Resolves when what they mean is recorded; rejects with a `HoldfastError` where it could not be. */
  async take(events: readonly AuditEvent[]): Promise<void> {
    const { intake } = this.#options;
    for (const event of events) {
      const meanings = this.#classify(event);
      const taken: TakenEvent = {
        source: 'kubernetes-audit',
        id: `${event.id} ${event.stage}`,
        findings: async () => {
          const found = await Promise.all(meanings.map((meaning) => this.#find(event, meaning)));
          return found.filter((finding) => finding !== undefined);
        },
      };
      await intake.take(taken);
    }
  }

  async #find(
    event: AuditEvent,
    { code, cause, owner: needed }: AuditMeaning,
  ): Promise<{ readonly cause: string; readonly finding: ObservedFinding } | undefined> {
    const place = event.object;
    if (place === undefined) return undefined;
    const object = parseObject(writtenObject(event));
    const owner = await this.#ownerOf(event, place, object);
    if (needed !== 'any' && owner === undefined) return undefined;
    if (needed === 'known' && owner === 'unknown') return undefined;
    const { username, groups } = event.user;
    const finding: ObservedFinding = {
      code,
      user: { username, groups },
      operation: OPERATIONS[event.verb] ?? 'CONNECT',
      object: describeObject(place, object),
      ...(owner !== undefined && owner !== 'unknown' && { managedBy: owner }),
      observed: this.#observe(event),
    };
    return { cause: JSON.stringify(cause), finding };
  }

  async #ownerOf(
    { verb }: AuditEvent,
    place: AuditedObject,
    object: KubernetesObject | undefined,
  ): Promise<OwnerReading> {
    // What a subresource returns is another object: a Scale, an Eviction.
    const isItself = object !== undefined && place.subresource === '';
    if (isItself) return this.#options.ownerOf(object, place);
    // What is deleted is gone, and a collection has no name.
    if (verb === 'delete' || verb === 'deletecollection' || place.name === '') return 'unknown';
    return this.#options.readOwner(place);
  }

  #observe(event: AuditEvent): RecordedObservation {
    const { id, time, verb, impersonated, addresses, userAgent, httpStatus } = event;
    const { webhooks } = this.#options.classifier;
    const { decision, failedOpen } = classifyAnnotations(event, webhooks);
    return {
      source: 'kubernetes-audit',
      id,
      time,
      verb,
      ...(impersonated !== undefined && { impersonated: impersonated.username }),
      addresses,
      ...(userAgent !== '' && { userAgent }),
      httpStatus,
      ...(failedOpen.length > 0 && { failedOpen }),
      ...(decision !== undefined && { decision }),
    };
  }
}

function describeObject(
  place: AuditedObject,
  object: KubernetesObject | undefined,
): ObservedFinding['object'] {
  const { group, version, resource, subresource, namespace, name, uid } = place;
  const itself = subresource === '' ? object : undefined;
  const known = uid === '' ? itself?.metadata?.uid : uid;
  return {
    group,
    version,
    resource,
    subresource,
    kind: itself?.kind ?? '',
    namespace,
    // What is created with `generateName` has its name only in the answer.
    name: name === '' ? (itself?.metadata?.name ?? '') : name,
    ...(known !== undefined && { uid: known }),
  };
}
