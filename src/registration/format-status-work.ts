/** Match conditions about status: each controller reports on the kinds of its own row, and changes nothing beside. */
import type { ExemptionOptions } from './exemption-options.ts';
import { allOf, anyOf, isOneOf, not, resourceIs, subresourceIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { isStatusAlone, isUnmarked } from './format-metadata-conditions.ts';
import { OWN_COMPONENTS, STATUS_WRITERS } from './status-writers.ts';

const CONTROLLER_MANAGER = 'system:kube-controller-manager';
/** A row is called as its account, or as its user. */
const ACCOUNT_PREFIX = 'system:serviceaccount:kube-system:';
const USERNAME = 'request.userInfo.username';

/** What the row of the caller reports, or what an agent of the network, cloud or storage reports on what Git does not declare. */
export function isOwnStatus(options: ExemptionOptions): Cel {
  return allOf(isStatusAlone(), anyOf(isStatusOfItsRow(options), isStatusOfNobody(options)));
}

function isStatusOfItsRow(options: ExemptionOptions): Cel {
  const resources = [...new Set(Object.values(STATUS_WRITERS).flat())].toSorted();
  const byWriters = new Map<string, { usernames: readonly string[]; resources: string[] }>();
  for (const resource of resources) {
    const usernames = writersOf(resource, options);
    if (usernames.length === 0) continue;
    const key = usernames.join(' ');
    const entry = byWriters.get(key) ?? { usernames, resources: [] };
    entry.resources.push(resource);
    byWriters.set(key, entry);
  }
  return anyOf(
    ...[...byWriters.values()].map(({ usernames, resources: reported }) =>
      allOf(isOneOf(USERNAME, usernames), anyOf(...reported.map(isStatusOf))),
    ),
  );
}

/** A Namespace is reported on, and finalized, once it is going. */
function isStatusOf(name: string): Cel {
  const [resource = '', ...group] = name.split('.');
  const isResource = resourceIs(group.join('.'), resource);
  return name === 'namespaces'
    ? allOf(isResource, 'oldObject.?metadata.?deletionTimestamp.hasValue()')
    : allOf(isResource, subresourceIs('status'));
}

function writersOf(
  resource: string,
  { platformUsernames, sharedControllerManager = false }: ExemptionOptions,
): readonly string[] {
  const rows = Object.keys(STATUS_WRITERS).filter((row) => STATUS_WRITERS[row]?.includes(resource));
  const own = new Set(rows.flatMap((row) => [`system:${row}`, `${ACCOUNT_PREFIX}${row}`]));
  const named = platformUsernames.filter((username) => own.has(username));
  const isShared = sharedControllerManager && rows.some((row) => !OWN_COMPONENTS.has(row));
  return [...named, ...(isShared ? [CONTROLLER_MANAGER] : [])].toSorted();
}

// Pods and workloads are children of what Git declares, and what a definition serves hangs on its status.
function isStatusOfNobody(options: ExemptionOptions): Cel {
  return allOf(
    isOneOf(USERNAME, options.recoveryUsernames),
    subresourceIs('status'),
    not(resourceIs('', 'pods', 'replicationcontrollers')),
    not(
      isOneOf('request.resource.group', [
        'apiextensions.k8s.io',
        'apiregistration.k8s.io',
        'apps',
        'batch',
      ]),
    ),
    isUnmarked(options),
  );
}
