/**
 * Classifies the caller. Exact usernames only.
 *
 * Never by a group alone and never by `system:masters`: anyone who can create a pod in `kube-system` is in
 * `system:serviceaccounts:kube-system`, and every cluster-admin may be in `system:masters`.
 */
import type { UserInfo } from '../kubernetes/admission-request.ts';
import type { ActorClass, ActorFact, ActorProof } from './actor.ts';
import { hashId } from './credentials/credential-secret.ts';
import { parseCredential } from './credentials/parse-credential.ts';
import { describeWeakness, gradePinned, gradeProof, isSufficientProof } from './grade-proof.ts';
import type { GradedProof } from './grade-proof.ts';
import { PLATFORM_IDENTITIES } from './platform-identities.ts';
import type { OperatorSettings, WriterSettings } from './settings.ts';

type WriterIdentity = Pick<WriterSettings, 'name' | 'username' | 'proof' | 'extra' | 'credentials'>;

export interface ActorClassifierOptions {
  readonly writers: readonly WriterIdentity[];
  readonly operators: readonly Pick<OperatorSettings, 'name' | 'username'>[];
}

export type ActorClassifier = (userInfo: UserInfo) => ActorFact;

const NODE_PREFIX = 'system:node:';
const NODE_GROUP = 'system:nodes';

/** Builds the classifier once from the configuration; each call is a few map look-ups. */
export function createActorClassifier(options: ActorClassifierOptions): ActorClassifier {
  const writers = new Map(options.writers.map((writer) => [writer.username, writer]));
  const operators = new Map(options.operators.map((operator) => [operator.username, operator]));
  return function classifyActor(userInfo) {
    const { username } = userInfo;
    const writer = writers.get(username);
    const graded =
      writer?.extra === undefined ? gradeProof(userInfo) : gradePinned(userInfo, writer.extra);
    if (writer !== undefined) {
      return describeActor(userInfo, holdToDemand(writer, graded, userInfo), {
        class: 'gitops',
        name: writer.name,
      });
    }
    const row = PLATFORM_IDENTITIES.get(username);
    if (row !== undefined) return classifyPlatform(userInfo, row, graded);
    if (isNode(userInfo)) {
      return describeActor(userInfo, needsNoProof(graded), {
        class: 'node',
        name: username.slice(NODE_PREFIX.length),
      });
    }
    const operator = operators.get(username);
    if (operator !== undefined && !isImpersonatedAccount(userInfo)) {
      return describeActor(userInfo, needsNoProof(graded), {
        class: 'operator',
        name: operator.name,
      });
    }
    return describeActor(userInfo, needsNoProof(graded), { class: 'other' });
  };
}

function classifyPlatform(userInfo: UserInfo, row: string, graded: GradedProof): ActorFact {
  if (isImpersonatedAccount(userInfo)) {
    return describeActor(userInfo, needsNoProof(graded), { class: 'other' });
  }
  return describeActor(userInfo, needsNoProof(graded), { class: 'platform', name: row });
}

// Stops `kubectl --as=system:serviceaccount:kube-system:generic-garbage-collector delete …`: the API server gives every
// service account that shows a token its uid; only impersonation leaves it out.
function isImpersonatedAccount({ username, uid }: UserInfo): boolean {
  return username.startsWith('system:serviceaccount:') && (uid === undefined || uid === '');
}

function isNode(userInfo: UserInfo): boolean {
  // Both, as the API server's node authorizer asks: the name alone may be a user someone called so.
  return (
    userInfo.username.startsWith(NODE_PREFIX) &&
    userInfo.username.length > NODE_PREFIX.length &&
    (userInfo.groups?.includes(NODE_GROUP) ?? false)
  );
}

function holdToDemand(
  writer: WriterIdentity,
  { grade, reason }: GradedProof,
  userInfo: UserInfo,
): ActorProof {
  const { proof: required, credentials } = writer;
  if (!isSufficientProof(grade, required)) return { grade, required, sufficient: false, reason };
  // Stops another token of the account, which anybody may have who may ask for one.
  const unlisted = credentials && findUnlisted(userInfo, credentials);
  if (unlisted !== undefined) return { grade, required, sufficient: false, reason: unlisted };
  const weakness = describeWeakness(grade, { isListed: credentials !== undefined });
  return { grade, required, sufficient: true, reason, ...(weakness && { weakness }) };
}

/** Why the credential does not count; `undefined` if it is one of the listed. */
function findUnlisted(userInfo: UserInfo, credentials: readonly string[]): string | undefined {
  const shown = parseCredential(userInfo);
  if (shown.status !== 'shown') return 'it shows no credential id, and only listed ones count';
  const isListed = credentials.includes(`sha256:${hashId(shown.id)}`);
  return isListed ? undefined : 'its credential is not one of those that its entry lists';
}

function needsNoProof({ grade, reason }: GradedProof): ActorProof {
  return { grade, sufficient: true, reason };
}

function describeActor(
  { username, groups = [] }: UserInfo,
  proof: ActorProof,
  known: { readonly class: ActorClass; readonly name?: string },
): ActorFact {
  return { ...known, username, groups, proof };
}
