/** What rendering a source gives. */
import type { Fields } from '../manifest/type-schema.ts';

export interface RenderedManifest {
  readonly manifest: Fields;
  /** Why two renderings differ, in words that complete "the manifest …". Absent for nearly all. */
  readonly unstable?: string | undefined;
}

export type RenderedSource =
  | { readonly status: 'rendered'; readonly manifests: readonly RenderedManifest[] }
  /** It never can be, as it is: a remote base, a plugin, a damaged file. */
  | { readonly status: 'not-comparable'; readonly reason: string }
  /** It may be the next time: no time, no program. */
  | { readonly status: 'failed'; readonly reason: string };

/** A source that cannot be rendered as it is. */
export function refuseSource(
  reason: string,
): RenderedSource & { readonly status: 'not-comparable' } {
  return { status: 'not-comparable', reason };
}
