/** From the tree of a commit to a verdict about one object. */
import type { ComparedObjects, ManifestFact } from './manifest/compare-manifest.ts';
import {
  judgeManifest,
  type ComparedSource,
  type ComparisonContext,
} from './manifest/judge-manifest.ts';
import { indexManifests, type SourceIndex } from './manifest/source-index.ts';
import type { RenderedSource } from './render/rendered-source.ts';
import type { Renderer, RenderRequest } from './render/renderer.ts';

export interface ManifestVerification extends ComparisonContext {
  readonly request: RenderRequest;
  readonly compared: Omit<ComparedObjects, 'declared'>;
}

export type VerifiedManifest =
  | { readonly status: 'known'; readonly fact: ManifestFact }
  /** The source could not be rendered now; it may be the next time. */
  | { readonly status: 'unavailable'; readonly reason: string };

type Rendered = RenderedSource & { readonly status: 'rendered' };

/** Renders and indexes a source once, and compares objects with it. */
export class ManifestVerifier {
  readonly #renderer: Renderer;
  /** By the rendering, which the renderer keeps: the index lives as long as it. */
  readonly #indexes = new WeakMap<Rendered, SourceIndex>();

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  async verify(verification: ManifestVerification): Promise<VerifiedManifest> {
    const rendered = await this.#renderer.render(verification.request);
    switch (rendered.status) {
      case 'failed':
        return { status: 'unavailable', reason: rendered.reason };
      case 'not-comparable':
        return judge(rendered, verification);
      case 'rendered': {
        const index = this.#indexOf(rendered, verification.request);
        return judge({ status: 'indexed', index }, verification);
      }
    }
  }

  #indexOf(rendered: Rendered, { cluster }: RenderRequest): SourceIndex {
    const indexed = this.#indexes.get(rendered);
    if (indexed !== undefined) return indexed;
    const { manifests, doubt } = rendered;
    const index = indexManifests(manifests, { namespace: cluster.namespace, doubt });
    this.#indexes.set(rendered, index);
    return index;
  }
}

function judge(source: ComparedSource, verification: ManifestVerification): VerifiedManifest {
  const judged = judgeManifest(verification.compared, [source], verification);
  const { source: _, ...fact } = judged;
  return { status: 'known', fact };
}
