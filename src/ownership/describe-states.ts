/**
 * Who manages an object, from its stored and its new state. Managed by either: taking a mark off is drift,
 * and so is forging one.
 */
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { confirmMark, createMarkFinder, isChild } from './find-mark.ts';
import type { FoundMark, MarkedIdentity, MarkOptions } from './find-mark.ts';
import { createSelectorMatcher } from './match-selector.ts';
import type { ObjectSelector } from './settings.ts';
import type { ObjectFact } from './object-fact.ts';
import { nameOf, namespaceOf } from './requested-object.ts';

export interface StateDescriberOptions {
  readonly marks: MarkOptions;
  /** Objects without a mark that are managed all the same. */
  readonly selectors: readonly ObjectSelector[];
  /** Namespaces where everything that no controller made counts as managed. */
  readonly gitopsOnlyNamespaces: readonly string[];
}

export interface StateDescriber {
  /** By the old and the new state that a request carries. */
  readonly describeRequested: (request: AdmissionRequest, actor: ActorFact) => ObjectFact;
  /** By the stored state alone. */
  readonly describeStored: (stored: KubernetesObject, identity: MarkedIdentity) => ObjectFact;
}

/** Builds the describer once from the configuration. */
export function createStateDescriber(options: StateDescriberOptions): StateDescriber {
  const { marks } = options;
  const findMark = createMarkFinder(marks);
  const matchSelector = createSelectorMatcher(options.selectors);
  const gitopsOnly = new Set(options.gitopsOnlyNamespaces);
  return {
    describeRequested(request, actor) {
      const { group, kind } = request.kind;
      const identity = { group, kind, namespace: namespaceOf(request), name: nameOf(request) };
      const stored = request.oldObject ?? undefined;
      const created = request.object ?? undefined;
      const oldMark = stored && findMark(stored, identity);
      const newMark = created && findMark(created, identity);
      if (stored !== undefined && oldMark?.self === true) {
        return { ...managedBy(oldMark, stored), ...moveOf(oldMark, newMark) };
      }
      if (newMark?.self === true) return { ...managedBy(newMark, stored), wasManaged: false };
      if (isMadeByController(request, actor)) return unmanaged(oldMark ?? newMark);
      const wasManaged = stored !== undefined;
      if (gitopsOnly.has(identity.namespace)) return managedByScope(wasManaged);
      const before = stored && matchSelector(stored, identity);
      const selector = before ?? (created && matchSelector(created, identity));
      if (selector !== undefined) return managedBySelector(selector, before !== undefined);
      return unmanaged(oldMark ?? newMark);
    },
    describeStored(stored, identity) {
      const mark = findMark(stored, identity);
      if (mark?.self === true) return managedBy(mark, stored);
      if (isChild(stored)) return unmanaged(mark);
      if (gitopsOnly.has(identity.namespace)) return managedByScope(true);
      const selector = matchSelector(stored, identity);
      return selector === undefined ? unmanaged(mark) : managedBySelector(selector, true);
    },
  };
}

/**
 * In a namespace that changes only through Git, what controllers derive from the declared objects stays theirs. A
 * stored object was made by its controller; on CREATE anyone can write an owner reference, so the caller decides.
 */
function isMadeByController(request: AdmissionRequest, actor: ActorFact): boolean {
  const stored = request.oldObject ?? undefined;
  if (stored !== undefined) return isChild(stored);
  const created = request.object ?? undefined;
  return (
    created !== undefined &&
    isChild(created) &&
    (actor.class === 'platform' || actor.class === 'operator')
  );
}

/** Where an application takes over what belongs to another. */
function moveOf(from: FoundMark, to: FoundMark | undefined): Pick<ObjectFact, 'movesTo'> {
  if (to?.self !== true) return {};
  const { self: _, ...movesTo } = to;
  const isSame =
    to.tool === from.tool && to.app === from.app && to.appNamespace === from.appNamespace;
  return isSame ? {} : { movesTo };
}

function managedBy(found: FoundMark, stored: KubernetesObject | undefined): ObjectFact {
  const { tool, app, appNamespace, mark } = found;
  const confirmed = stored === undefined ? undefined : confirmMark(found, stored);
  return {
    managed: true,
    wasManaged: true,
    tool,
    app,
    appNamespace,
    mark,
    self: true,
    ...(confirmed !== undefined && { confirmed }),
    scope: 'managed',
  };
}

function managedByScope(wasManaged: boolean): ObjectFact {
  return { managed: true, wasManaged, tool: 'scope', self: false, scope: 'gitops-only' };
}

function managedBySelector(app: string, wasManaged: boolean): ObjectFact {
  const mark = `selector ${app}`;
  return { managed: true, wasManaged, tool: 'selector', app, mark, self: true, scope: 'managed' };
}

function unmanaged(copied: FoundMark | undefined): ObjectFact {
  const fact = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;
  return copied === undefined ? fact : { ...fact, mark: copied.mark };
}
