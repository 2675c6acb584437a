/** What one rendered source declares, ready to be compared with. */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { headerOf, type SerializedManifest } from './manifest-header.ts';
import { ManifestIndex } from './manifest-index.ts';
import type { Fields, StructType } from './type-schema.ts';

/** A manifest by its header, and how the rest of it is had. */
interface IndexedManifest {
  readonly header: Fields;
  readonly read: () => Fields;
  readonly unstable?: string | undefined;
}

export interface SourceIndexOptions {
  /** The namespace of manifests that name none: the destination of the application. */
  readonly namespace: string;
  /** Why the cluster may have been given other manifests. */
  readonly doubt?: string | undefined;
}

export type FoundDeclaration =
  | {
      readonly status: 'found';
      readonly manifest: Fields;
      /** Why the manifest may be another one. */
      readonly doubt?: string | undefined;
    }
  | { readonly status: 'absent'; readonly doubt?: string | undefined }
  | { readonly status: 'repeated' };

/** Built once for a commit, a path and its parameters. */
export class SourceIndex {
  readonly #index: ManifestIndex;
  readonly #manifests = new Map<Fields, IndexedManifest>();
  readonly #doubt: string | undefined;
  readonly #firstUnstable: string | undefined;

  constructor(manifests: readonly IndexedManifest[], { namespace, doubt }: SourceIndexOptions) {
    for (const each of manifests) this.#manifests.set(each.header, each);
    this.#index = new ManifestIndex([...this.#manifests.keys()], {
      namespace,
      read: (header) => this.#manifests.get(header)?.read() ?? header,
    });
    const unstable = manifests.find((each) => each.unstable !== undefined)?.unstable;
    this.#doubt = doubt === undefined ? undefined : `the source ${doubt}`;
    this.#firstUnstable = unstable === undefined ? undefined : `a manifest ${unstable}`;
  }

  find(object: Fields): FoundDeclaration {
    const found = this.#index.find(object);
    switch (found.status) {
      case 'repeated':
        return found;
      case 'absent':
        // Its name may be one of those that are another one each time.
        return { status: 'absent', doubt: this.#doubt ?? this.#firstUnstable };
      case 'found': {
        const indexed = this.#manifests.get(found.manifest);
        const unstable =
          indexed?.unstable === undefined ? undefined : `the manifest ${indexed.unstable}`;
        const manifest = indexed?.read() ?? found.manifest;
        return { status: 'found', manifest, doubt: unstable ?? this.#doubt };
      }
    }
  }

  /** Whether an autoscaler of the source sets the replicas of this object. */
  isScaled(object: Fields): boolean {
    return this.#index.isScaled(object);
  }

  /** The type of a custom kind that the source defines. */
  customType(object: Fields): StructType | undefined {
    return this.#index.customType(object);
  }
}

/** From manifests of this thread. */
export function indexManifests(
  manifests: readonly { readonly manifest: Fields; readonly unstable?: string | undefined }[],
  options: SourceIndexOptions,
): SourceIndex {
  const indexed = manifests.map(({ manifest, unstable }) => ({
    // A header of its own, so that a manifest that stands twice has two.
    header: headerOf(manifest),
    read: () => manifest,
    unstable,
  }));
  return new SourceIndex(indexed, options);
}

/** From manifests of another thread, each parsed when it is needed first. */
export function indexSerialized(
  manifests: readonly SerializedManifest[],
  options: SourceIndexOptions,
): SourceIndex {
  const indexed = manifests.map(({ header, json, unstable }) => {
    let parsed: Fields | undefined;
    return { header, read: () => (parsed ??= parse(json)), unstable };
  });
  return new SourceIndex(indexed, options);
}

const manifestSchema = z.record(z.string(), z.unknown());

/** Our own thread wrote it; what is damaged all the same equals no object. */
function parse(json: string): Fields {
  return parseJsonAs(manifestSchema, json) ?? {};
}
