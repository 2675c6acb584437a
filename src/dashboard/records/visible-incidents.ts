/** The open incidents that a viewer may see. */
import { readState } from '../../audit/journal/read-state.ts';
import type { Incident } from '../../alerting/incident.ts';
import { parseState } from '../../alerting/incident-state.ts';
import type { NamespaceAccess } from '../access/namespace-access.ts';
import type { Viewer } from '../access/viewer.ts';

/** As the incident engine names it. */
const SPACE = 'incidents';
/** More open incidents than this have one cause; the most severe and newest come first. */
const SHOWN_MAX = 200;

/**
 * An incident joins attempts of several namespaces. Whoever may not see all of them sees it only where its attempts are of namespaces
 * that they may see, and of what it lists the objects of these alone.
 */
export async function listVisibleIncidents(
  folder: string,
  viewer: Viewer,
  access: NamespaceAccess,
): Promise<readonly Incident[]> {
  const { incidents } = parseState(readState(folder, SPACE));
  const newest = incidents.toSorted((a, b) => b.quietSinceMs - a.quietSinceMs).slice(0, SHOWN_MAX);
  if (await access.maySeeAll(viewer)) return newest;
  const visible: Incident[] = [];
  for (const incident of newest) {
    const { first, last } = incident;
    const maySee =
      (await access.maySee(viewer, first.namespace)) &&
      (await access.maySee(viewer, last.namespace));
    if (maySee) visible.push(onlyObjectsOf(incident, [first.namespace, last.namespace]));
  }
  return visible;
}

/** Objects are listed as `group/resource/namespace/name`; what is not about a single object has another form. */
function onlyObjectsOf(incident: Incident, namespaces: readonly string[]): Incident {
  const objects = Object.entries(incident.objects).filter(([object]) =>
    namespaces.includes(object.split('/')[2] ?? ''),
  );
  return { ...incident, objects: Object.fromEntries(objects) };
}
