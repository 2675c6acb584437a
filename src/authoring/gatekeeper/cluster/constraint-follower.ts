/** The templates and constraints of a cluster, kept by list and watch. All of them or none: one that is missing would look deleted. */
import { z } from 'zod';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { FollowedKind, ObjectFollower } from '../../../kubernetes/watch/object-follower.ts';
import type { FoundDocument } from '../plan-constraints.ts';
import {
  constraintKindOf,
  documentOf,
  SETTING_KINDS,
  sortDocuments,
  TEMPLATE_KIND,
} from './followed-kinds.ts';

/** An object as a document, and the object itself. */
export interface FollowedDocument extends FoundDocument {
  readonly kind: FollowedKind;
  readonly object: KubernetesObject;
}

export type FollowedDocuments =
  | { readonly status: 'known'; readonly documents: readonly FollowedDocument[] }
  | { readonly status: 'unavailable'; readonly reason: string };

/** Each is a watch of its own. The public library has 49. */
const KINDS_MAX = 500;

const declaredSchema = z.looseObject({
  spec: z.looseObject({
    crd: z.looseObject({
      spec: z.looseObject({ names: z.looseObject({ kind: z.string().min(1) }) }),
    }),
  }),
});

/** Begins with the first reading; close the follower after use. */
export class ConstraintFollower {
  readonly #follower: Pick<ObjectFollower, 'follow' | 'read' | 'changes'>;
  /** Those that some template declared: what is still there of one is judged by until it is deleted, too. */
  readonly #kinds = new Map<string, FollowedKind>();

  constructor(follower: Pick<ObjectFollower, 'follow' | 'read' | 'changes'>) {
    this.#follower = follower;
    follower.follow([TEMPLATE_KIND, ...SETTING_KINDS]);
  }

  /** Equal numbers are the same objects. */
  get changes(): number {
    return this.#follower.changes;
  }

  /** Everything as it is now. */
  read(): FollowedDocuments {
    const templates = this.#follower.read(TEMPLATE_KIND);
    if (templates.status === 'unavailable') return templates;
    if (templates.objects === undefined) {
      return unavailable(
        'the API server does not serve ConstraintTemplate: apply its definition, which is part of Gatekeeper',
      );
    }
    for (const template of templates.objects.all()) this.#note(template);
    if (this.#kinds.size > KINDS_MAX) {
      return unavailable(`there are constraints of more than ${KINDS_MAX} kinds`);
    }
    this.#follower.follow([...this.#kinds.values()]);
    const documents: FollowedDocument[] = [];
    for (const kind of [TEMPLATE_KIND, ...SETTING_KINDS, ...this.#kinds.values()]) {
      const found = this.#follower.read(kind);
      if (found.status === 'unavailable') return found;
      for (const object of found.objects?.all() ?? []) {
        documents.push({ ...documentOf(object, kind), kind, object });
      }
    }
    return { status: 'known', documents: sortDocuments(documents) };
  }

  #note(template: KubernetesObject): void {
    const declared = declaredSchema.safeParse(template).data?.spec.crd.spec.names.kind;
    if (declared !== undefined) this.#kinds.set(declared, constraintKindOf(declared));
  }
}

function unavailable(reason: string): FollowedDocuments {
  return { status: 'unavailable', reason };
}
