/** Verifies a commit or tag of a local repository, and says what each step found and how long it took. */
import type { Clock } from '../base/clock.ts';
import type { ObjectKind } from '../signature/git/compute-object-id.ts';
import { parseObject, type GitObject } from '../signature/git/parse-object.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { rejected, type Verification } from '../signature/verification.ts';
import { verifyObject, type SignatureVerifiers } from '../signature/verify-object.ts';
import { readLocalObject, type StoredObject } from '../source/local-repository.ts';

export interface VerificationStep {
  /** In the order in which they run. */
  readonly name: 'read' | 'parse' | 'compare' | 'verify';
  /** What was found: a few words. */
  readonly found: string;
  readonly durationMs: number;
}

export interface CommitReport {
  readonly repository: string;
  readonly revision: string;
  /** As far as it could be read. Author, committer and message are what the object claims. */
  readonly object: GitObject | undefined;
  readonly verification: Verification;
  readonly steps: readonly VerificationStep[];
}

export interface VerifyCommitOptions {
  readonly repository: string;
  readonly revision: string;
  readonly kind: ObjectKind;
  readonly verifiers: SignatureVerifiers;
  /** To find git on. */
  readonly searchPath: string | undefined;
  readonly clock: Clock;
}

const OBJECT_BYTES_MAX = SIGNATURE_LIMITS['signature.objectBytesMax'].default;

/**
 * Reads, parses and verifies the object.
 *
 * @throws HoldfastError `git_unavailable`, `input_unreadable`, `argument_invalid`, as in readLocalObject
 */
export async function verifyCommit(options: VerifyCommitOptions): Promise<CommitReport> {
  const { repository, revision, kind, verifiers, clock } = options;
  const steps = createSteps(clock);
  const end = (verification: Verification, object?: GitObject): CommitReport => ({
    repository,
    revision,
    object,
    verification,
    steps: steps.done,
  });

  const stored = await readLocalObject({ ...options, objectBytesMax: OBJECT_BYTES_MAX });
  if (stored === undefined) {
    steps.finish('read', 'too many bytes');
    return end(rejected('limit_exceeded', `The ${kind} has more than ${OBJECT_BYTES_MAX} bytes`));
  }
  steps.finish('read', `${stored.id}, ${stored.bytes.length} bytes`);

  const algorithm = stored.id.length === SHA256_DIGITS ? 'sha256' : 'sha1';
  const object = parseObject(stored.bytes, { kind, algorithm });
  if (object.status === 'rejected') {
    steps.finish('parse', object.code);
    return end(object);
  }
  steps.finish('parse', describeSignature(object.value));

  const difference = compareId(object.value, stored);
  steps.finish('compare', difference === undefined ? 'the computed id is the same' : 'another id');
  if (difference !== undefined) return end(difference, object.value);

  const verification = await verifyObject(object.value, verifiers, clock.wallMs());
  steps.finish(
    'verify',
    verification.status === 'rejected' ? verification.code : verification.status,
  );
  return end(verification, object.value);
}

/** The length of an id in hexadecimal. */
const SHA256_DIGITS = 64;

function describeSignature({ signature }: GitObject): string {
  switch (signature.status) {
    case 'none':
      return 'no signature';
    case 'several':
      return `${signature.count} signatures`;
    case 'one':
      return `signature of the format ${signature.format ?? 'unknown'}`;
  }
}

function compareId({ id, kind }: GitObject, stored: StoredObject) {
  if (id === stored.id) return undefined;
  return rejected(
    'malformed_object',
    `The repository answered with the ${kind} ${id} where it calls it ${stored.id}`,
  );
}

function createSteps({ monotonicMs }: Clock) {
  const done: VerificationStep[] = [];
  let startMs = monotonicMs();
  return {
    done,
    finish(name: VerificationStep['name'], found: string): void {
      const nowMs = monotonicMs();
      done.push({ name, found, durationMs: nowMs - startMs });
      startMs = nowMs;
    },
  };
}
