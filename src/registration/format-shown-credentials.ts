/** The requests that show which credentials belong to which identity of the control plane. */
import type { ExemptionOptions } from './exemption-options.ts';
import { allOf, anyOf, isOneOf, namespaceIs, requestField, resourceIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import type { MatchCondition } from './format-match-conditions.ts';

/** Leaders write them every two seconds; the leases of nodes, every ten seconds for each, stay out. */
const LEADER_LEASES = ['cloud-controller-manager', 'kube-controller-manager', 'kube-scheduler'];

/** Only what the control plane and the nodes do by themselves, and of leases only those of its leaders. */
export function onlyShownCredentials({ platformUsernames }: ExemptionOptions): MatchCondition {
  const isPlatform = isOneOf('request.userInfo.username', platformUsernames.toSorted());
  return {
    name: 'shown-credentials',
    expression: anyOf(
      allOf(
        isPlatform,
        anyOf(
          resourceIs('', 'serviceaccounts'),
          resourceIs('certificates.k8s.io'),
          allOf(
            resourceIs('coordination.k8s.io'),
            namespaceIs('kube-system'),
            isOneOf(requestField('name'), LEADER_LEASES),
          ),
        ),
      ),
      allOf(isNode(), resourceIs('', 'nodes')),
    ),
  };
}

function isNode(): Cel {
  return allOf(
    `request.userInfo.username.startsWith('system:node:')`,
    `'system:nodes' in request.userInfo.?groups.orValue([])`,
  );
}
