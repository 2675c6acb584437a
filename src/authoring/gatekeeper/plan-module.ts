/**
 * Plans how a module of a template becomes one of a bundle: in a package of its own, so that templates with libraries of equal names do not
 * meet, and with nothing in its reach but its libraries and `data.inventory`. The text is edited where OPA says that the names stand.
 * Source: Gatekeeper's constraint framework, pkg/regorewriter.
 */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import { REPLACE } from './replace-module.ts';
import type { InventoryPath } from '../../policy/gatekeeper/constraint.ts';

export interface TemplateModule {
  /** The template's name. */
  readonly template: string;
  readonly part: 'entry' | 'library';
  readonly text: string;
  /** What `opa parse` prints of the text, with locations. */
  readonly tree: unknown;
}

export type PlannedModule =
  | {
      readonly ok: true;
      readonly text: string;
      /** Where it reads below `data.inventory`; none where it does not. */
      readonly inventoryReads: readonly InventoryPath[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The rule that judges. */
const RULE = 'violation';
/** Of which the constraint framework allows nothing else. */
const LIBRARIES = 'lib';
const INVENTORY = 'inventory';
const EXTERNAL_DATA = 'external_data';
/** The built-in function that templates call another one for. */
const REPLACED = 'replace';
/** Of the inventory: below that a path selects everything. An object of a namespace has five keys before its own members. */
const PATH_LENGTH_MAX = 16;

const placeSchema = z.object({ row: z.int().min(1), col: z.int().min(1) });
const termSchema = z.object({
  type: z.string(),
  value: z.unknown(),
  location: placeSchema.optional(),
});
const treeSchema = z.looseObject({
  package: z.object({ path: z.array(termSchema).min(2), location: placeSchema }),
  imports: z
    .array(
      z.looseObject({
        path: z.object({ value: z.array(termSchema) }),
        alias: z.string().optional(),
        location: placeSchema,
      }),
    )
    .default([]),
  rules: z.array(z.looseObject({ head: z.looseObject({ ref: z.array(termSchema) }) })).default([]),
});

type Term = z.output<typeof termSchema>;
type Place = z.output<typeof placeSchema>;
type Tree = z.output<typeof treeSchema>;

/** The package of a template's entry module, as Rego writes it. Bundles have the root `holdfast`. */
export function templatePackage(template: string): string {
  return `holdfast.gatekeeper.templates["${template}"]`;
}

/** Before the packages of its libraries. */
function libraryPackage(template: string): string {
  return `holdfast.gatekeeper.libraries["${template}"]`;
}

/** Plans one module. The problems begin with `row N:`. */
export function planModule(module: TemplateModule): PlannedModule {
  const tree = treeSchema.parse(module.tree);
  const references = findReferences([tree.rules]);
  const problems = [
    ...checkPackage(tree, module.part),
    ...checkImports(tree),
    ...checkReferences(references),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    text: rewrite(module, tree, references),
    inventoryReads: references
      .filter((terms) => isOf(terms, 'data', INVENTORY))
      .map((terms) => terms.slice(2, 2 + PATH_LENGTH_MAX).map(readKey)),
  };
}

function checkPackage({ package: { path, location }, rules }: Tree, part: TemplateModule['part']) {
  if (part === 'library') {
    const isLibrary = path.length > 2 && path[1]?.value === LIBRARIES;
    return isLibrary
      ? []
      : [`row ${location.row}: the package of a library must begin with "${LIBRARIES}."`];
  }
  const hasRule = rules.some(({ head }) => head.ref[0]?.value === RULE);
  return hasRule ? [] : [`row ${location.row}: there is no rule "${RULE}"`];
}

function checkImports({ imports }: Tree): readonly string[] {
  return imports
    .filter(({ path: { value } }) => !isOf(value, 'data', LIBRARIES) && !isOf(value, 'future'))
    .map(
      ({ path, location }) =>
        `row ${location.row}: imports "${formatReference(path.value)}", and a template may import data.${LIBRARIES} and future only`,
    );
}

function checkReferences(references: readonly (readonly Term[])[]): readonly string[] {
  return references.flatMap((terms) => {
    const row = terms[0]?.location?.row ?? 0;
    if (isOf(terms, EXTERNAL_DATA)) {
      return [
        `row ${row}: calls ${EXTERNAL_DATA}, and Holdfast asks no provider; give it what it reads as parameters or as objects of the cluster`,
      ];
    }
    const isFree = !isOf(terms, 'data') || isOf(terms, 'data', LIBRARIES);
    if (isFree || isOf(terms, 'data', INVENTORY)) return [];
    return [
      `row ${row}: reads "${formatReference(terms)}", and a template may read data.${INVENTORY} and data.${LIBRARIES} only`,
    ];
  });
}

/** Any key where it is computed: by a variable, or by what another reference gives. */
function readKey({ type, value }: Term): string | null {
  return type === 'string' ? String(value) : null;
}

/** Whether a reference begins with these names. */
function isOf(terms: readonly Term[], ...names: readonly string[]): boolean {
  return names.every((name, index) => terms[index]?.value === name);
}

function formatReference(terms: readonly Term[]): string {
  return terms.map(({ type, value }) => (isText(type) ? String(value) : '_')).join('.');
}

function isText(type: string): boolean {
  return type === 'string' || type === 'var';
}

/** Every reference that begins with a name of the root, within others too. */
function findReferences(nodes: readonly unknown[]): readonly (readonly Term[])[] {
  return nodes.flatMap((node): readonly (readonly Term[])[] => {
    if (Array.isArray(node)) return findReferences(node);
    if (!isRecord(node)) return [];
    const terms = node['type'] === 'ref' ? z.array(termSchema).safeParse(node['value']).data : [];
    const own = terms?.[0]?.type === 'var' ? [terms] : [];
    return [...own, ...findReferences(Object.values(node))];
  });
}

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const PACKAGE = /package\s+(?:[A-Za-z_]\w*|\["(?:[^"\\]|\\.)*"\]|\.)+/uy;
const PACKAGE_WORD = /^package\s+/u;

function rewrite(
  { text, template, part }: TemplateModule,
  tree: Tree,
  references: readonly (readonly Term[])[],
): string {
  const offsetOf = createLocator(text);
  const libraries = `data.${libraryPackage(template)}`;
  const heads = [...references, ...tree.imports.map(({ path }) => path.value)]
    .filter((terms) => isOf(terms, 'data', LIBRARIES))
    .flatMap(([head]) => (head?.location === undefined ? [] : [offsetOf(head.location)]));
  const edits: Edit[] = [...new Set(heads)].map((at) => ({
    at,
    removed: 'data'.length,
    inserted: libraries,
  }));
  edits.push(...editReplace(tree, references, offsetOf));
  edits.push(editPackage(text, offsetOf(tree.package.location), { template, part }));
  return applyEdits(text, edits);
}

/** A template that defines the name itself means its own. */
function editReplace(
  { rules, imports }: Tree,
  references: readonly (readonly Term[])[],
  offsetOf: (place: Place) => number,
): readonly Edit[] {
  const isOwn =
    rules.some(({ head }) => head.ref[0]?.value === REPLACED) ||
    imports.some(({ path, alias }) => (alias ?? path.value.at(-1)?.value) === REPLACED);
  if (isOwn) return [];
  const calls = references.flatMap(([head, ...others]) =>
    head?.value === REPLACED && others.length === 0 && head.location ? [head.location] : [],
  );
  return [...new Set(calls.map(offsetOf))].map((at) => ({
    at,
    removed: REPLACED.length,
    inserted: REPLACE,
  }));
}

function editPackage(
  text: string,
  at: number,
  { template, part }: Pick<TemplateModule, 'template' | 'part'>,
): Edit {
  PACKAGE.lastIndex = at;
  const written = PACKAGE.exec(text)?.[0] ?? '';
  const path = written.replace(PACKAGE_WORD, '');
  const inserted =
    part === 'entry' ? templatePackage(template) : `${libraryPackage(template)}.${path}`;
  return { at, removed: written.length, inserted: `package ${inserted}` };
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    result += text.slice(at, edit.at) + edit.inserted;
    at = edit.at + edit.removed;
  }
  return result + text.slice(at);
}

/** OPA counts the characters of a line, not the units of UTF-16. */
function createLocator(text: string): (place: Place) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return ({ row, col }) => {
    const start = starts[row - 1] ?? 0;
    const characters = Array.from(text.slice(start, starts[row] ?? text.length));
    return start + characters.slice(0, col - 1).join('').length;
  };
}
