/**
 * On whose account a policy is evaluated: the part of a request that its sender cannot borrow from anybody else.
 *
 * A user alone is not enough: a controller writes objects that strangers have made, so that what a stranger does in one
 * namespace must not refuse the controller's work in others. Nothing of the object is in it but where it lies.
 */
import { createHash } from 'node:crypto';

export interface RequestCause {
  readonly username: string;
  /** Empty for objects without one. */
  readonly namespace: string;
  /** With its group, as in `deployments.apps`. */
  readonly resource: string;
}

/** Longer keys are hashed: what is kept of a stranger's request has a size. */
const KEY_CHARS_MAX = 512;

/** One text for each cause. */
export function formatCauseKey({ username, namespace, resource }: RequestCause): string {
  const key = JSON.stringify([username, namespace, resource]);
  return key.length <= KEY_CHARS_MAX ? key : createHash('sha256').update(key).digest('hex');
}

/**
 * Who stands behind a user: whoever may make service accounts in a namespace has as many names as they like, and is one
 * party with all of them.
 */
export function partyOf(username: string): string {
  const account = /^system:serviceaccount:[^:]*:/u.exec(username);
  return account?.[0] ?? username.slice(0, KEY_CHARS_MAX);
}
