/**
 * Kubernetes objects of YAML files as gator reads them: documents are split at lines that begin with `---`, lines without text and comments
 * are left out before anything is parsed, and words like `yes` are texts. Source: Gatekeeper 3.23, pkg/gator/reader.
 */
import { isRecord } from '../../base/is-record.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

export type ParsedObjects =
  | { readonly ok: true; readonly objects: readonly KubernetesObject[] }
  | { readonly ok: false; readonly problem: string };

/** As many as a file of samples has at most. */
const ALIASES_MAX = 10_000;

/** Every object of a text. */
export function parseObjects(text: string): ParsedObjects {
  const objects: KubernetesObject[] = [];
  for (const document of text.split('\n---').map(dropComments)) {
    if (document === '') continue;
    const parsed = parseObject(document);
    if (!parsed.ok) return parsed;
    objects.push(...parsed.objects);
  }
  return { ok: true, objects };
}

/** The first document of a text, which must be an object with a kind. */
export function parseObject(text: string): ParsedObjects {
  const parsed = parseDocument(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (!isRecord(value)) return { ok: false, problem: 'it is no object' };
  const { kind } = value;
  if (typeof kind !== 'string' || kind === '') return { ok: false, problem: 'it has no kind' };
  return { ok: true, objects: [value] };
}

/** The value of the first document. */
export function parseDocument(
  text: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string } {
  const parsed = parseYaml(text, { dialect: 'gator', aliasesMax: ALIASES_MAX });
  if (parsed.ok) return { ok: true, value: parsed.documents[0]?.value };
  const [fault] = parsed.faults;
  return { ok: false, problem: `line ${fault?.line}: ${fault?.message}` };
}

function dropComments(document: string): string {
  return document
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => `${line}\n`)
    .join('');
}
