/**
 * Argo CD's tracking id: `<application>:<group>/<Kind>:<namespace>/<name>`.
 *
 * Source: argo-cd util/argo/resource_tracking.go (ParseAppInstanceValue, BuildAppInstanceValue): three parts split
 * at the first two colons, then exactly one slash in the second and in the third.
 */

export interface TrackingId {
  readonly app: string;
  /** Set if the Application is outside the control plane's namespace. */
  readonly appNamespace?: string | undefined;
  readonly group: string;
  readonly kind: string;
  /** For a cluster-scoped object the application's destination namespace. */
  readonly namespace: string;
  /** Empty where Git declares a `generateName`: such an object has no name yet when Argo CD renders it. */
  readonly name: string;
}

/** The tracking id, or undefined if the text is not valid: such an object is not tracked. */
export function parseTrackingId(text: string): TrackingId | undefined {
  const first = text.indexOf(':');
  const second = first === -1 ? -1 : text.indexOf(':', first + 1);
  if (second === -1) return undefined;
  const kind = splitOnce(text.slice(first + 1, second));
  // Names may contain colons (`system:node-proxier`): the third part is the rest.
  const object = splitOnce(text.slice(second + 1));
  const application = parseInstance(text.slice(0, first));
  if (kind === undefined || object === undefined || application === undefined) return undefined;
  if (kind[1] === '') return undefined;
  return {
    ...application,
    group: kind[0],
    kind: kind[1],
    namespace: object[0],
    name: object[1],
  };
}

/** `checkout`, or `<namespace>_checkout` (argo-cd types.go InstanceName). No Kubernetes name contains `_`. */
export function parseInstance(
  text: string,
): { readonly app: string; readonly appNamespace?: string } | undefined {
  const underscore = text.indexOf('_');
  if (underscore === -1) return text === '' ? undefined : { app: text };
  const appNamespace = text.slice(0, underscore);
  const app = text.slice(underscore + 1);
  return appNamespace === '' || app === '' ? undefined : { app, appNamespace };
}

function splitOnce(text: string): readonly [string, string] | undefined {
  const slash = text.indexOf('/');
  if (slash === -1 || text.indexOf('/', slash + 1) !== -1) return undefined;
  return [text.slice(0, slash), text.slice(slash + 1)];
}
