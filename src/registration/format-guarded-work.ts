/**
 * Match conditions for routine that is exempt everywhere, but not where it would steer the GitOps controllers or us. A
 * webhook that fails open judges it.
 */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celText,
  namespaceIs,
  not,
  operationIs,
  requestField,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { isPlatform } from './format-platform-work.ts';

export interface GuardedWorkOptions extends ExemptionOptions {
  /** Where the GitOps controllers and we are installed. */
  readonly installationNamespaces: readonly string[];
}

const USERNAME = 'request.userInfo.username';

/** What a policy refuses there, although the registration exempts it elsewhere. */
export function isGuardedWork(options: GuardedWorkOptions): Cel {
  return anyOf(isReaddressing(options), isLeaseOfAnother(options));
}

/**
 * A pod's status that names other addresses than before: Services send there what is meant for the pod. No controller writes
 * addresses. A kubelet does, once for each sandbox; the first ones are not asked about.
 */
function isReaddressing(options: GuardedWorkOptions): Cel {
  const address = (state: 'object' | 'oldObject', field: string): Cel =>
    `${state}.?status.?${field}`;
  const isOther = (field: string): Cel =>
    `${address('oldObject', field)} != ${address('object', field)}`;
  return allOf(
    resourceIs('', 'pods'),
    subresourceIs('status'),
    operationIs('UPDATE'),
    anyOf(isOther('podIP'), isOther('podIPs')),
    anyOf(
      isPlatform(options),
      allOf(
        `${USERNAME}.startsWith('system:node:')`,
        namespaceIs(...options.installationNamespaces),
        `${address('oldObject', 'podIP')}.orValue('') != ''`,
      ),
    ),
  );
}

/** Whoever takes the lease of a controller's leader stops the controller. Its own account renews it every few seconds, unasked. */
function isLeaseOfAnother({ installationNamespaces }: GuardedWorkOptions): Cel {
  const prefix = `(${celText('system:serviceaccount:')} + ${requestField('namespace')} + ':')`;
  return allOf(
    resourceIs('coordination.k8s.io', 'leases'),
    namespaceIs(...installationNamespaces),
    not(
      allOf(
        // Stops `kubectl --as`: without a token there is no uid.
        `request.userInfo.?uid.orValue('') != ''`,
        `${USERNAME}.startsWith(${prefix})`,
      ),
    ),
  );
}
