/**
 * Extracts the reviews of a file in any supported format: an AdmissionReview or a list of them, JSON
 * lines, recorded cases (`{cases: [{action, review}]}`), or plain manifests.
 */
import type { UserInfo } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isManifest, planReview, type Manifest, type ManifestOperation } from './plan-review.ts';
import { parseDocuments, type InputDocument, type InputFault } from './parse-documents.ts';

export interface EvaluationInputOptions {
  /** The name shown in messages. */
  readonly file: string;
  /** Who applies a manifest. */
  readonly user: UserInfo;
  readonly operation?: ManifestOperation | undefined;
  /** The objects that are stored when a manifest is applied. */
  readonly stored: readonly KubernetesObject[];
}

/** One review to evaluate, as the bytes that the webhook would receive. */
export interface EvaluationReview {
  /** `reviews.json`, `reviews.json#human-scale`, `app.yaml#document 2`. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

export interface EvaluationInput {
  readonly reviews: readonly EvaluationReview[];
  readonly faults: readonly { readonly source: string; readonly reason: string }[];
}

/** Finds every review in the bytes of a file. Unusable documents are faults; the others are evaluated. */
export function parseEvaluationInput(
  bytes: Uint8Array,
  options: EvaluationInputOptions,
): EvaluationInput {
  const { documents, faults } = parseDocuments(bytes);
  const found = documents.flatMap((document) => expand(document, 0));
  const reviews: EvaluationReview[] = [];
  const unusable: InputFault[] = [...faults];
  for (const item of found) {
    const source = shown(options.file, item.place);
    if (item.kind === 'review') reviews.push({ source, bytes: item.bytes });
    else if (item.kind === 'fault') unusable.push(item);
    else {
      const uid = `${options.file}-${reviews.length + 1}`;
      const planned = planReview(item.manifest, { ...options, uid });
      if (planned.ok) reviews.push({ source, bytes: encode(planned.review) });
      else unusable.push({ place: item.place, reason: planned.reason });
    }
  }
  if (reviews.length === 0 && unusable.length === 0) {
    unusable.push({ place: '', reason: 'The file holds no admission review and no object' });
  }
  return {
    reviews,
    faults: unusable.map(({ place, reason }) => ({ source: shown(options.file, place), reason })),
  };
}

/** The objects of a file of manifests: lists are expanded. */
export function parseObjects(
  bytes: Uint8Array,
  file: string,
): {
  readonly objects: readonly KubernetesObject[];
  readonly faults: EvaluationInput['faults'];
} {
  const { documents, faults } = parseDocuments(bytes);
  const found = documents.flatMap((document) => expand(document, 0));
  const objects = found.flatMap((item) => (item.kind === 'manifest' ? [item.manifest] : []));
  const unusable = found.flatMap((item) => {
    if (item.kind === 'manifest') return [];
    const reason = item.kind === 'fault' ? item.reason : 'Expected an object, found a review';
    return [{ place: item.place, reason }];
  });
  return {
    objects,
    faults: [...faults, ...unusable].map(({ place, reason }) => ({
      source: shown(file, place),
      reason,
    })),
  };
}

type Found =
  | { readonly kind: 'review'; readonly place: string; readonly bytes: Uint8Array }
  | { readonly kind: 'manifest'; readonly place: string; readonly manifest: Manifest }
  | ({ readonly kind: 'fault' } & InputFault);

/** Nested lists are not supported; the limit bounds the recursion. */
const LISTS_DEPTH_MAX = 4;

function expand(document: InputDocument, depth: number): readonly Found[] {
  const { value, place } = document;
  if (depth > LISTS_DEPTH_MAX) {
    return [{ kind: 'fault', place, reason: 'Lists are nested too deep' }];
  }
  if (Array.isArray(value)) return expandItems(value, place, depth);
  if (typeof value !== 'object' || value === null) {
    return [{ kind: 'fault', place, reason: 'Expected an admission review or an object' }];
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const items = fields.get('items');
  const cases = fields.get('cases');
  if (fields.get('kind') === 'AdmissionReview' || isBareReview(fields)) {
    return [{ kind: 'review', place, bytes: document.bytes ?? encode(value) }];
  }
  if (Array.isArray(cases)) return expandItems(cases, place, depth);
  if (fields.has('review')) {
    const name = fields.get('action') ?? fields.get('name');
    return expand(
      { value: fields.get('review'), place: typeof name === 'string' ? name : place },
      depth + 1,
    );
  }
  if (Array.isArray(items) && isListKind(fields.get('kind'))) {
    return expandItems(items, place, depth);
  }
  if (isManifest(value)) return [{ kind: 'manifest', place, manifest: value }];
  return [
    {
      kind: 'fault',
      place,
      reason: 'Expected an admission review or an object with apiVersion and kind',
    },
  ];
}

/** A review without apiVersion or kind: the decoder's message explains it. */
function isBareReview(fields: ReadonlyMap<string, unknown>): boolean {
  const request = fields.get('request');
  return typeof request === 'object' && request !== null && 'userInfo' in request;
}

function isListKind(kind: unknown): boolean {
  return kind === undefined || (typeof kind === 'string' && kind.endsWith('List'));
}

function expandItems(items: readonly unknown[], place: string, depth: number): readonly Found[] {
  return items.flatMap((value, index) => {
    const item = `item ${index + 1}`;
    return expand({ value, place: place === '' ? item : `${place}, ${item}` }, depth + 1);
  });
}

function shown(file: string, place: string): string {
  return place === '' ? file : `${file}#${place}`;
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
