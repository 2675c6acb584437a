/**
 * The labels by which the configuration selects namespaces, and what keeps them.
 *
 * Whoever may label a namespace would choose what is enforced in it. So such labels count only while a policy refuses every
 * change of them by others than the GitOps writers, everywhere and in every case.
 */
import type { DeclaredPolicy, ModeSettings } from './decide-mode.ts';
import type { PolicyMode } from './descriptor.ts';
import { listWritableKeys, type NamespaceSelector } from './namespace-selector.ts';

/** The policy that refuses changes of these labels. */
export const LABEL_POLICY = 'namespace_labels';

/** Every selector of the configuration. */
export function listSelectors({
  overrides,
  settings,
}: Pick<ModeSettings, 'overrides' | 'settings'>): readonly NamespaceSelector[] {
  return [...overrides, ...Object.values(settings).flatMap((own) => own.overrides)].flatMap(
    ({ namespaceSelector }) => namespaceSelector ?? [],
  );
}

/** The keys of labels that decide something, but the one that nobody can write. */
export function listDecidingLabels(
  policies: Pick<ModeSettings, 'overrides' | 'settings'>,
): readonly string[] {
  return listWritableKeys(listSelectors(policies));
}

/** Why nothing keeps the labels that decide, in a sentence; `undefined` where something does, and where none decide. */
export function findUnkeptLabels(
  policies: ModeSettings,
  known: readonly DeclaredPolicy[],
): string | undefined {
  const labels = listDecidingLabels(policies);
  if (labels.length === 0) return undefined;
  const keeper = known.find(({ name }) => name === LABEL_POLICY);
  const named = labels.map((label) => `"${label}"`).join(', ');
  const subject = `Namespaces are selected by ${named}, and anyone who may label a namespace could write that`;
  if (keeper === undefined) return `${subject}: there is no policy "${LABEL_POLICY}"`;
  if (listPossible(keeper, policies).every((mode) => mode === 'enforce')) return undefined;
  return `${subject}: the policy "${LABEL_POLICY}" is not enforced everywhere`;
}

/** Each mode that the policy has somewhere, and `off` where its failure would let a request pass. */
function listPossible(
  { mode, failure }: DeclaredPolicy,
  policies: ModeSettings,
): readonly PolicyMode[] {
  const own = policies.settings[LABEL_POLICY];
  const failed: readonly PolicyMode[] = (own?.failure ?? failure) === 'deny' ? [] : ['off'];
  const ownModes = own === undefined ? [] : listModes(own);
  if (own?.mode !== undefined) return [...failed, ...ownModes, own.mode];
  return [...failed, ...ownModes, ...listModes(policies), policies.mode ?? mode];
}

interface ModeLists {
  readonly namespaces: Readonly<Record<string, PolicyMode>>;
  readonly overrides: readonly { readonly mode?: PolicyMode | undefined }[];
}

function listModes({ namespaces, overrides }: ModeLists): readonly PolicyMode[] {
  return [...Object.values(namespaces), ...overrides.flatMap(({ mode }) => mode ?? [])];
}
