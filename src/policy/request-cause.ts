/**
 * The cause of an evaluation: the part of a request that its sender cannot take from another user.
 *
 * A user alone is not enough: a controller also writes objects that an attacker created, and an attack in one namespace
 * must not block the controller in others. Of the object, only its kind and namespace are included.
 */
import { createHash } from 'node:crypto';

export interface RequestCause {
  readonly username: string;
  /** Empty for objects without one. */
  readonly namespace: string;
  /** With its group, as in `deployments.apps`. */
  readonly resource: string;
}

/** Longer keys are hashed, so that an attacker cannot fill our memory. */
const KEY_CHARS_MAX = 512;

/** One text for each cause. */
export function formatCauseKey({ username, namespace, resource }: RequestCause): string {
  const key = JSON.stringify([username, namespace, resource]);
  return key.length <= KEY_CHARS_MAX ? key : createHash('sha256').update(key).digest('hex');
}
