/** What policies read of credentials in plain text (`input.facts.plaintext`). No value is ever part of it. */
import type { MonotonicMs } from '../base/clock.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import { findCredentials, type FoundCredential } from './find-credentials.ts';
import { listSecretKeys } from './list-secret-keys.ts';
import { parseDecryption, type Decryption } from './parse-decryption.ts';

export interface PlaintextFact {
  /** In texts that the stored object does not have; of a Secret none. */
  readonly credentials: readonly FoundCredential[];
  /** The object is longer than is looked through, or has more credentials than are named. */
  readonly isTruncated: boolean;
  /** Of a Secret: the keys whose values are new, and no certificates or public keys. */
  readonly secretKeys: readonly string[];
  /**
   * Where there are such keys: what decrypts the manifests of the application whose mark the Secret bears; `null` where nothing does.
   * Absent where a snapshot of the cluster does not have that application.
   */
  readonly decryption?: DecryptionAnswer | undefined;
}

export type DecryptionAnswer =
  | { readonly status: 'known'; readonly value: Decryption | null }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface PlaintextOptions {
  /** The GitOps object that the mark names; `undefined` where it names none. */
  readonly application: ObjectReference | undefined;
  readonly lookupObject: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  readonly deadlineAtMs: MonotonicMs;
  /** False for a snapshot: it may not have the application. */
  readonly isLive: boolean;
}

type Judged = Pick<AdmissionRequest, 'resource' | 'object' | 'oldObject'>;

/** Synchronous for all but Secrets with values that are not public. Never rejects. */
export function describePlaintext(
  { resource, object, oldObject }: Judged,
  options: PlaintextOptions,
): PlaintextFact | Promise<PlaintextFact> {
  if (resource.group !== '' || resource.resource !== 'secrets') {
    return { ...findCredentials(object, oldObject), secretKeys: [] };
  }
  const secret = {
    credentials: [],
    isTruncated: false,
    secretKeys: listSecretKeys(object, oldObject),
  };
  if (secret.secretKeys.length === 0) return secret;
  return findDecryption(options).then((decryption) =>
    decryption === undefined ? secret : { ...secret, decryption },
  );
}

const NOTHING = { status: 'known', value: null } as const;

async function findDecryption({
  application,
  lookupObject,
  deadlineAtMs,
  isLive,
}: PlaintextOptions): Promise<DecryptionAnswer | undefined> {
  if (application === undefined) return NOTHING;
  // Values of a release come from Secrets as well, and charts draw some at random: what is in Git is not known.
  if (application.kind === 'HelmRelease') {
    return { status: 'known', value: { by: 'helm-release', name: '' } };
  }
  const found = await lookupObject(application, deadlineAtMs);
  switch (found.status) {
    case 'absent':
      return isLive ? NOTHING : undefined;
    case 'unavailable':
      return { status: 'unavailable', reason: found.reason };
    case 'found': {
      const parsed = parseDecryption(found.object);
      if (parsed.ok) return { status: 'known', value: parsed.value };
      return { status: 'unavailable', reason: `the ${application.kind} is malformed` };
    }
  }
}
