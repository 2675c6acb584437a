/** Collects the images of many Pods: each once, with how many Pods of which namespaces run it. */
import type { RunningImage } from '../image/parse-running-images.ts';
import { formatReference, type ImageReference } from '../image/parse-reference.ts';
import { formatCredentialScope, type PullScope } from '../image/registry/pull-scope.ts';
import { IMAGE_LIMITS } from '../image/settings.ts';

/** An image as Pods name it, with what runs under this name. */
export interface PodImage {
  /** In its one form; as it is written where it cannot be read. */
  readonly image: string;
  /** What runs. Absent where no kubelet has reported it. */
  readonly digest?: string | undefined;
  readonly pods: number;
  /** In alphabetical order. */
  readonly namespaces: readonly string[];
  readonly subject: ImageSubject;
}

/** What is verified for it, or why nothing can be. */
export type ImageSubject =
  | {
      readonly status: 'parsed';
      /** By the digest of the spec, else by the one that runs, else by the tag as it is now. */
      readonly reference: ImageReference;
      /** Of the first Pods. */
      readonly scopes: readonly PullScope[];
    }
  | { readonly status: 'unreadable'; readonly reason: string };

interface Collected {
  readonly image: string;
  readonly digest: string | undefined;
  readonly reference: ImageReference | undefined;
  readonly reason: string;
  readonly namespaces: Set<string>;
  readonly scopes: Map<string, PullScope>;
  pods: number;
}

const SCOPES_MAX = IMAGE_LIMITS['image.list.scopesMax'].default;

/** Takes the images of one Pod after the other. */
export class PodImages {
  readonly #collected = new Map<string, Collected>();
  readonly #namespaces = new Set<string>();
  #pods = 0;

  get pods(): number {
    return this.#pods;
  }

  get namespaces(): number {
    return this.#namespaces.size;
  }

  /** How many different ones there are. */
  get size(): number {
    return this.#collected.size;
  }

  add(images: readonly RunningImage[], scope: PullScope): void {
    this.#pods += 1;
    this.#namespaces.add(scope.namespace);
    // Two containers of one image are one Pod.
    for (const one of new Set(images.map((image) => this.#find(image)))) {
      one.pods += 1;
      one.namespaces.add(scope.namespace);
      if (one.scopes.size < SCOPES_MAX) one.scopes.set(formatCredentialScope(scope), scope);
    }
  }

  list(): readonly PodImage[] {
    return [...this.#collected.values()].map(
      ({ image, digest, reference, reason, pods, namespaces, scopes }) => ({
        image,
        digest,
        pods,
        namespaces: [...namespaces].toSorted(),
        subject:
          reference === undefined
            ? { status: 'unreadable', reason }
            : {
                status: 'parsed',
                reference: chooseReference(reference, digest),
                scopes: [...scopes.values()],
              },
      }),
    );
  }

  #find({ named, digest }: RunningImage): Collected {
    const reference = named.status === 'parsed' ? named.reference : undefined;
    const image = reference === undefined ? (named.text ?? named.path) : formatReference(reference);
    const key = `${image}\u0000${digest ?? ''}`;
    const found = this.#collected.get(key);
    if (found !== undefined) return found;
    const created: Collected = {
      image,
      digest,
      reference,
      reason: named.status === 'unreadable' ? named.reason : '',
      namespaces: new Set(),
      scopes: new Map(),
      pods: 0,
    };
    this.#collected.set(key, created);
    return created;
  }
}

/** A digest of the spec is what admission judges: what runs can be the image of one platform in it, which nobody signs. */
function chooseReference(reference: ImageReference, running: string | undefined): ImageReference {
  const { registry, repository } = reference;
  const digest = reference.digest ?? running;
  return digest === undefined ? reference : { registry, repository, digest };
}
