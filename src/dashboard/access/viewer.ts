/** Who looks, as the API server says of a token, and what is asked about them. */

/** The identity behind a token. Source: authentication.k8s.io/v1, UserInfo. */
export interface Viewer {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Whose token it is. `unavailable`: nobody can tell now, so that nobody is let in. */
export type TokenVerdict =
  | { readonly status: 'accepted'; readonly viewer: Viewer }
  | { readonly status: 'rejected' }
  | { readonly status: 'unavailable'; readonly reason: string };

/** Tells whose token it is. */
export type ReviewToken = (token: string) => Promise<TokenVerdict>;

/**
 * Whether somebody may `get` the resource `decisions` of the group `holdfast.dev` in a namespace; without one, in all of them. It needs
 * no such kind in the cluster: a Role names it.
 */
export type ReviewAccess = (
  viewer: Viewer,
  namespace: string | undefined,
) => Promise<'allowed' | 'denied' | 'unavailable'>;
