/**
 * Classifies the caller. Exact usernames only.
 *
 * Never by a group alone and never by `system:masters`: anyone who can create a pod in `kube-system` is in
 * `system:serviceaccounts:kube-system`, and every cluster-admin may be in `system:masters`.
 */
import type { UserInfo } from '../kubernetes/admission-request.ts';
import type { ActorClass, ActorFact, ActorProof } from './actor.ts';
import { describeWeakness, gradePinned, gradeProof, isSufficientProof } from './grade-proof.ts';
import type { GradedProof } from './grade-proof.ts';
import { PLATFORM_IDENTITIES } from './platform-identities.ts';
import type { OperatorSettings, WriterSettings } from './settings.ts';

type WriterIdentity = Pick<WriterSettings, 'name' | 'username' | 'proof' | 'extra'>;

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
      return describeActor(userInfo, holdToDemand(writer, graded), {
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

function holdToDemand(writer: WriterIdentity, graded: GradedProof): ActorProof {
  const { grade, reason } = graded;
  const sufficient = isSufficientProof(grade, writer.proof);
  const weakness = sufficient ? describeWeakness(grade) : undefined;
  return { grade, required: writer.proof, sufficient, reason, ...(weakness && { weakness }) };
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
