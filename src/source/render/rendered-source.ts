/** What rendering a source gives. */
import type { Fields } from '../manifest/type-schema.ts';

export interface RenderedManifest {
  readonly manifest: Fields;
  /** Why two renderings differ, in words that complete "the manifest …". Absent for nearly all. */
  readonly unstable?: string | undefined;
}

/** What rendered the source, in the words of `status.sourceType` of an Application. */
export type SourceType = 'Directory' | 'Kustomize' | 'Helm';

export type RenderedSource =
  | {
      readonly status: 'rendered';
      readonly manifests: readonly RenderedManifest[];
      /**
       * Why the cluster may have been given other manifests, in words that complete "the source …": an object that equals its manifest
       * is proven all the same. Absent for nearly all.
       */
      readonly doubt?: string | undefined;
    }
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
