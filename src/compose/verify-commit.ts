/** Verifies a commit or tag, and says what each step found and how long it took. */
import type { Clock } from '../base/clock.ts';
import type { ObjectKind } from '../signature/git/compute-object-id.ts';
import { parseObject, type GitObject } from '../signature/git/parse-object.ts';
import { rejected, type Rejected, type Verification } from '../signature/verification.ts';
import { verifyObject, type SignatureVerifiers } from '../signature/verify-object.ts';
import type { StoredObject } from '../source/local-repository.ts';
import type { RevisionFailure } from '../source/mirror/mirror-failure.ts';

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
  readonly verification: CommitVerdict;
  readonly steps: readonly VerificationStep[];
}

/** What a verifier concludes, or why there was nothing to verify. */
export type CommitVerdict = Verification | RevisionFailure;

/** The bytes of an object, from wherever they come. */
export type ObjectReading =
  | {
      readonly status: 'read';
      readonly stored: StoredObject;
      /** More about where it was found: a few words. */
      readonly found?: string | undefined;
    }
  | { readonly status: 'failed'; readonly verdict: Rejected | RevisionFailure };

export interface VerifyCommitOptions {
  readonly repository: string;
  readonly revision: string;
  readonly kind: ObjectKind;
  readonly verifiers: SignatureVerifiers;
  readonly read: () => Promise<ObjectReading>;
  readonly clock: Clock;
}

/** Reads, parses and verifies the object. Rejects only if `read` does. */
export async function verifyCommit(options: VerifyCommitOptions): Promise<CommitReport> {
  const { repository, revision, kind, verifiers, clock } = options;
  const steps = createSteps(clock);
  const end = (verification: CommitVerdict, object?: GitObject): CommitReport => ({
    repository,
    revision,
    object,
    verification,
    steps: steps.done,
  });

  const reading = await options.read();
  if (reading.status === 'failed') {
    const { verdict } = reading;
    steps.finish('read', verdict.status === 'rejected' ? verdict.code : verdict.status);
    return end(verdict);
  }
  const { stored, found } = reading;
  const where = found === undefined ? '' : `, ${found}`;
  steps.finish('read', `${stored.id}, ${stored.bytes.length} bytes${where}`);

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
