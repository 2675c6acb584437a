/** From the tree of a commit to a verdict about one object. */
import { compareManifest } from './manifest/compare-manifest.ts';
import type { ComparedObjects, ManifestFact } from './manifest/compare-manifest.ts';
import { matchIgnored } from './manifest/ignore-differences.ts';
import type { IgnoreRow } from './manifest/ignore-differences.ts';
import { ManifestIndex } from './manifest/manifest-index.ts';
import type { PathPattern } from './manifest/parse-path-pattern.ts';
import type { Fields, StructType } from './manifest/type-schema.ts';
import type { RenderedSource } from './render/rendered-source.ts';
import type { Renderer, RenderRequest } from './render/renderer.ts';
import { RENDER_LIMITS } from './render/settings.ts';
import { isRecord } from '../base/is-record.ts';

export interface ManifestVerification {
  readonly request: RenderRequest;
  readonly compared: Omit<ComparedObjects, 'declared'>;
  readonly ignoreDifferences: readonly IgnoreRow[];
  readonly mutated: readonly PathPattern[];
  readonly trackingLabel?: string | undefined;
  /** The type of a custom kind that the commit does not define itself. */
  readonly customType?: ((object: Fields) => StructType | undefined) | undefined;
  /** Objects that the tool makes by itself. */
  readonly alsoDeclared: readonly Fields[];
}

export type VerifiedManifest =
  | { readonly status: 'known'; readonly fact: ManifestFact }
  /** The source could not be rendered now; it may be the next time. */
  | { readonly status: 'unavailable'; readonly reason: string };

type Rendered = RenderedSource & { readonly status: 'rendered' };

const LIMITS = {
  pathsMax: RENDER_LIMITS['manifests.differingPathsMax'].default,
  pathCharsMax: RENDER_LIMITS['manifests.differingPathCharsMax'].default,
  valuesMax: RENDER_LIMITS['manifests.valuesMax'].default,
  depthMax: RENDER_LIMITS['manifests.depthMax'].default,
};

/** Renders and indexes a source once, and compares objects with it. */
export class ManifestVerifier {
  readonly #renderer: Renderer;
  /** By the rendering, which the renderer keeps: the index lives as long as it. */
  readonly #indexes = new WeakMap<Rendered, ManifestIndex>();

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  async verify(verification: ManifestVerification): Promise<VerifiedManifest> {
    const rendered = await this.#renderer.render(verification.request);
    switch (rendered.status) {
      case 'failed':
        return { status: 'unavailable', reason: rendered.reason };
      case 'not-comparable':
        return known({ ...NOTHING, status: 'not-comparable', reason: rendered.reason });
      case 'rendered':
        return known(this.#judge(rendered, verification));
    }
  }

  #judge(rendered: Rendered, verification: ManifestVerification): ManifestFact {
    const { compared, alsoDeclared, mutated, trackingLabel, ignoreDifferences } = verification;
    const { object } = compared;
    const index = this.#indexOf(rendered, verification);
    const found = index.find(object);
    if (found.status === 'repeated') {
      return {
        ...NOTHING,
        status: 'not-comparable',
        reason: 'the commit declares the object twice',
      };
    }
    const declared = found.status === 'found' ? found.manifest : findIn(alsoDeclared, object);
    if (declared === undefined) {
      return { ...NOTHING, status: 'absent', reason: 'the commit declares no such object' };
    }
    const fact = compareManifest(
      { declared, ...compared },
      {
        customType: index.customType(object) ?? verification.customType?.(object),
        mutated,
        ignored: matchIgnored(ignoreDifferences, targetOf(object)),
        trackingLabel,
        isScaled: index.isScaled(object),
        limits: LIMITS,
      },
    );
    const unstable = rendered.manifests.find(({ manifest }) => manifest === declared)?.unstable;
    if (fact.status !== 'differs' || unstable === undefined) return fact;
    return { ...NOTHING, status: 'not-comparable', reason: `the manifest ${unstable}` };
  }

  #indexOf(rendered: Rendered, { request }: ManifestVerification): ManifestIndex {
    const indexed = this.#indexes.get(rendered);
    if (indexed !== undefined) return indexed;
    const manifests = rendered.manifests.map(({ manifest }) => manifest);
    const index = new ManifestIndex(manifests, { namespace: request.cluster.namespace });
    this.#indexes.set(rendered, index);
    return index;
  }
}

const NOTHING = { paths: [], kept: [] } as const;

function known(fact: ManifestFact): VerifiedManifest {
  return { status: 'known', fact };
}

function findIn(manifests: readonly Fields[], object: Fields): Fields | undefined {
  const found = new ManifestIndex(manifests, { namespace: '' }).find(object);
  return found.status === 'found' ? found.manifest : undefined;
}

function targetOf(object: Fields) {
  const [first = '', second] = String(object['apiVersion']).split('/');
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  return {
    group: second === undefined ? '' : first,
    kind: String(object['kind']),
    namespace: textOf(metadata['namespace']),
    name: textOf(metadata['name']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
