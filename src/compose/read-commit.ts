/** Reads the commit or tag that a person names: from a repository on this machine, or from a server by a mirror. */
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { rejected } from '../signature/verification.ts';
import { readLocalObject } from '../source/local-repository.ts';
import { readConfiguredCredential } from '../source/mirror/configured-credential.ts';
import { NO_CREDENTIAL } from '../source/mirror/credential.ts';
import { rejectRevision, revisionUnavailable } from '../source/mirror/mirror-failure.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import type { RevisionReading } from '../source/mirror/read-revision.ts';
import type { MirrorSettings } from '../source/mirror/settings.ts';
import type { RepositoryUrl } from '../source/parse-repository-url.ts';
import type { ObjectReading } from './verify-commit.ts';

export interface LocalCommit {
  /** A folder. */
  readonly repository: string;
  readonly revision: string;
  readonly kind: 'commit' | 'tag';
  /** To find git on. */
  readonly searchPath: string | undefined;
}

const OBJECT_BYTES_MAX = SIGNATURE_LIMITS['signature.objectBytesMax'].default;

/**
 * Reads a local object.
 *
 * @throws HoldfastError `git_unavailable`, `input_unreadable`, `argument_invalid`, as in readLocalObject
 */
export async function readLocalCommit(wanted: LocalCommit): Promise<ObjectReading> {
  const stored = await readLocalObject({ ...wanted, objectBytesMax: OBJECT_BYTES_MAX });
  if (stored !== undefined) return { status: 'read', stored };
  const reason = `The ${wanted.kind} has more than ${OBJECT_BYTES_MAX} bytes`;
  return { status: 'failed', verdict: rejected('limit_exceeded', reason) };
}

export interface RemoteCommit {
  readonly repository: RepositoryUrl;
  /** An object id in full. */
  readonly revision: string;
  readonly kind: 'commit' | 'tag';
  /** The refs of which one must contain it. */
  readonly tracked: readonly string[];
  readonly mirrors: Mirrors;
  readonly settings: MirrorSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads from a server, with the credential of the configuration. Never rejects. */
export async function readRemoteCommit(wanted: RemoteCommit): Promise<ObjectReading> {
  const { repository, settings, environment, mirrors, tracked, revision, kind } = wanted;
  const found = (await readConfiguredCredential(repository, settings.credentials, environment)) ?? {
    ok: true,
    credential: NO_CREDENTIAL,
  };
  if (!found.ok) return { status: 'failed', verdict: revisionUnavailable(found.reason) };
  const { credential } = found;
  const reading = await mirrors.read({ repository, credential, objectId: revision, tracked });
  if (reading.status === 'found' && reading.kind !== kind) {
    const reason = `The object ${revision} is a ${reading.kind}, and a ${kind} was wanted`;
    return { status: 'failed', verdict: rejectRevision('revision_absent', reason) };
  }
  return toObjectReading(reading);
}

/** What a mirror answered, for the verification. */
export function toObjectReading(reading: RevisionReading): ObjectReading {
  if (reading.status !== 'found') return { status: 'failed', verdict: reading };
  const { objectId, bytes, containedIn } = reading;
  return {
    status: 'read',
    stored: { id: objectId, bytes: Buffer.from(bytes) },
    found: `contained in ${containedIn.name}`,
  };
}
