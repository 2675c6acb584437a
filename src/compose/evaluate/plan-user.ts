/**
 * The user of a request as the API server would describe it, from what the command line says.
 *
 * Source: k8s.io/apiserver pkg/authentication (serviceaccount MakeGroupNames, impersonation), kubernetes
 * pkg/serviceaccount/util.go (the extra keys of bound tokens), KEP-4193 (credential ids).
 */
import type { UserInfo } from '../../kubernetes/admission-request.ts';

/** The credentials of a service account, by the grade of proof that they give (`identity.writers[].proof`). */
export const SHOWN_PROOFS = ['impersonated', 'legacy', 'unbound', 'pod-bound'] as const;
export type ShownProof = (typeof SHOWN_PROOFS)[number];

export interface UserOptions {
  readonly username: string;
  readonly uid?: string | undefined;
  /** In addition to those that authentication gives. */
  readonly groups: readonly string[];
  /** `KEY=VALUE`; a key that is given again has several values. */
  readonly extra: readonly string[];
  /** Absent: as the options say it, which for a service account without a uid is impersonation. */
  readonly proof?: ShownProof | undefined;
}

export type PlannedUser =
  | { readonly ok: true; readonly user: UserInfo }
  | {
      readonly ok: false;
      /** The option, without dashes. */
      readonly option: 'as-extra' | 'proof';
      readonly reason: string;
    };

const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
/** What stands for values that only a cluster knows. */
const UNKNOWN_UID = '00000000-0000-0000-0000-000000000000';
const UNKNOWN_POD = 'pod-of-the-account';

/** The user, with the groups that authentication adds. */
export function planUser(options: UserOptions): PlannedUser {
  const extra = new Map<string, string[]>();
  for (const text of options.extra) {
    const at = text.indexOf('=');
    if (at < 1) {
      return { ok: false, option: 'as-extra', reason: `Expected KEY=VALUE, found "${text}"` };
    }
    // The API server lower-cases the keys of an impersonated user.
    const key = text.slice(0, at).toLowerCase();
    extra.set(key, [...(extra.get(key) ?? []), text.slice(at + 1)]);
  }
  const shown = showProof(options.proof);
  if (options.proof !== undefined && !isServiceAccount(options.username)) {
    const reason = `Expected a service account (--as system:serviceaccount:NAMESPACE:NAME), found "${options.username}"`;
    return { ok: false, option: 'proof', reason };
  }
  const uid = options.uid ?? shown.uid;
  const all = { ...shown.extra, ...Object.fromEntries(extra) };
  const groups = [...new Set([...groupsOf(options.username), ...options.groups])];
  return {
    ok: true,
    user: {
      username: options.username,
      groups,
      ...(uid !== undefined && { uid }),
      ...(Object.keys(all).length > 0 && { extra: all }),
    },
  };
}

/** Whether a user is the account of a pod. */
export function isServiceAccount(username: string): boolean {
  return /^system:serviceaccount:[^:]+:[^:]+$/u.test(username);
}

function showProof(proof: ShownProof | undefined): Pick<UserInfo, 'uid' | 'extra'> {
  switch (proof) {
    case undefined:
    case 'impersonated':
      return {};
    case 'legacy':
      return { uid: UNKNOWN_UID };
    case 'unbound':
      return { uid: UNKNOWN_UID, extra: { [CREDENTIAL_ID]: [`JTI=${UNKNOWN_UID}`] } };
    case 'pod-bound':
      return {
        uid: UNKNOWN_UID,
        extra: {
          [CREDENTIAL_ID]: [`JTI=${UNKNOWN_UID}`],
          [POD_NAME]: [UNKNOWN_POD],
          [POD_UID]: [UNKNOWN_UID],
        },
      };
  }
}

function groupsOf(username: string): readonly string[] {
  const [first, second, namespace] = username.split(':');
  const groups = ['system:authenticated'];
  if (first === 'system' && second === 'serviceaccount' && namespace !== undefined) {
    groups.unshift('system:serviceaccounts', `system:serviceaccounts:${namespace}`);
  }
  if (first === 'system' && second === 'node') groups.unshift('system:nodes');
  return groups;
}
