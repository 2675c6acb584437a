/** Service accounts by their usernames. Source: k8s.io/apiserver pkg/authentication/serviceaccount/util.go. */

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

const USERNAME = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/u;

/** `undefined` if the user is not a service account. */
export function parseServiceAccount(username: string): ServiceAccountName | undefined {
  const groups = USERNAME.exec(username)?.groups;
  const namespace = groups?.['namespace'];
  const name = groups?.['name'];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
