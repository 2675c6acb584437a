/**
 * Parses a ConstraintTemplate. What Holdfast does not run is refused by name: a template that is passed over would be a hole that nobody
 * sees. Source: Gatekeeper's constraint framework, pkg/apis/templates.
 */
import { z } from 'zod';
import type { Operation } from '../../kubernetes/admission-request.ts';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';
import { parseSyncData } from './parse-sync-data.ts';
import {
  findUntypedPlaces,
  structuralSchema,
  withUnknownFields,
  type Schema,
} from './structural-schema.ts';

/** Rego as a template holds it. */
export interface TemplateCode {
  readonly regoVersion: 0 | 1;
  readonly rego: string;
  readonly libraries: readonly string[];
}

export interface Template {
  /** `metadata.name`: the kind in lower case. */
  readonly name: string;
  /** The kind of its constraints. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** Of `spec.parameters`. Absent: its constraints have no parameters. */
  readonly parameters: Schema | undefined;
  readonly code: TemplateCode;
  /** Those that it judges. Absent where the template says nothing. */
  readonly operations: readonly Operation[] | undefined;
  /** What it says it needs in `data.inventory`. */
  readonly syncData: readonly InventoryKind[];
}

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly string[] };

const TARGET = 'admission.k8s.gatekeeper.sh';
const GROUP = 'templates.gatekeeper.sh';
/** Those whose schema need not be structural unless it says so. */
const LEGACY_VERSIONS: ReadonlySet<string> = new Set(['v1alpha1', 'v1beta1']);
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
const REGO = 'Rego';
const CEL = 'K8sNativeValidation';

const regoSourceSchema = z.looseObject({
  rego: z.string(),
  version: z.string().optional(),
  libs: z.array(z.string()).default([]),
});

const targetSchema = z.looseObject({
  target: z.string(),
  rego: z.string().optional(),
  libs: z.array(z.string()).nullish(),
  code: z
    .array(z.looseObject({ engine: z.string(), source: z.unknown() }))
    .nullish()
    .transform((code) => code ?? []),
  operations: z.array(z.enum(['*', ...OPERATIONS])).nullish(),
});

const templateSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ConstraintTemplate'),
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.looseObject({
    crd: z.looseObject({
      spec: z.looseObject({
        names: z.looseObject({ kind: z.string().min(1) }),
        validation: z
          .looseObject({
            legacySchema: z.boolean().nullish(),
            openAPIV3Schema: structuralSchema.nullish(),
          })
          .nullish(),
      }),
    }),
    targets: z.tuple([targetSchema], 'Expected exactly one target'),
  }),
});

type WrittenTemplate = z.output<typeof templateSchema>;
type WrittenTarget = z.output<typeof targetSchema>;

/** Whether a document says that it is a template, of whatever version. */
export function isTemplate(document: unknown): boolean {
  const head = z.looseObject({ apiVersion: z.string(), kind: z.string() }).safeParse(document).data;
  return head?.kind === 'ConstraintTemplate' && head.apiVersion.startsWith(`${GROUP}/`);
}

/** Parses one document. The problems name the field. */
export function parseTemplate(document: unknown): ParsedTemplate {
  const parsed = templateSchema.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
    );
    return { ok: false, problems };
  }
  const written = parsed.data;
  const version = written.apiVersion.slice(GROUP.length + 1);
  const schema = readSchema(written, LEGACY_VERSIONS.has(version));
  const [target] = written.spec.targets;
  const code = readCode(target);
  const problems = [...findHeadProblems(written, version), ...findSchemaFaults(schema)];
  if (typeof code === 'string') return { ok: false, problems: [...problems, code] };
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, template: describe(written, { code, schema: schema?.schema, target }) };
}

function describe(
  { metadata, spec }: WrittenTemplate,
  {
    code,
    schema,
    target,
  }: {
    readonly code: TemplateCode;
    readonly schema: Schema | undefined;
    readonly target: WrittenTarget;
  },
): Template {
  const { kind } = spec.crd.spec.names;
  const annotations = metadata.annotations ?? {};
  return {
    name: metadata.name,
    kind,
    title: annotations['metadata.gatekeeper.sh/title'] ?? kind,
    description: annotations['description']?.trim() ?? `What ${kind} of Gatekeeper demands`,
    parameters: schema,
    code,
    operations: readOperations(target.operations ?? []),
    syncData: parseSyncData(annotations['metadata.gatekeeper.sh/requires-sync-data']),
  };
}

function findHeadProblems({ metadata, spec }: WrittenTemplate, version: string): readonly string[] {
  const { kind } = spec.crd.spec.names;
  const isKnown = version === 'v1' || LEGACY_VERSIONS.has(version);
  const { target } = spec.targets[0];
  return [
    ...(isKnown ? [] : [`apiVersion: ${GROUP} has no version "${version}"`]),
    ...(metadata.name === kind.toLowerCase()
      ? []
      : [
          `metadata.name: is "${metadata.name}", and must be the kind in lower case, "${kind.toLowerCase()}"`,
        ]),
    ...(target === TARGET ? [] : [`spec.targets[0].target: is "${target}", wanted "${TARGET}"`]),
  ];
}

interface ReadSchema {
  readonly schema: Schema;
  readonly isLegacy: boolean;
}

function readSchema({ spec }: WrittenTemplate, isLegacyVersion: boolean): ReadSchema | undefined {
  const { validation } = spec.crd.spec;
  const isLegacy = validation?.legacySchema ?? isLegacyVersion;
  const declared = validation?.openAPIV3Schema ?? undefined;
  if (isLegacy) return { schema: withUnknownFields(declared ?? {}), isLegacy };
  return declared === undefined ? undefined : { schema: declared, isLegacy };
}

function findSchemaFaults(read: ReadSchema | undefined): readonly string[] {
  if (read === undefined || read.isLegacy) return [];
  return findUntypedPlaces(read.schema, 'spec.crd.spec.validation.openAPIV3Schema').map(
    (place) =>
      `${place}: has no type; give it one, or set spec.crd.spec.validation.legacySchema: true`,
  );
}

/** A message where it is no code that Holdfast runs. */
function readCode({ rego, libs, code }: WrittenTarget): TemplateCode | string {
  // The older field wins, as in Gatekeeper.
  if (rego !== undefined && rego !== '') return { regoVersion: 0, rego, libraries: libs ?? [] };
  const engines = code.map(({ engine }) => engine);
  const written = code.find(({ engine }) => engine === REGO);
  if (written === undefined) {
    return engines.includes(CEL)
      ? `spec.targets[0].code: is written in CEL (engine ${CEL}), and Holdfast runs Rego; add code of engine ${REGO}, or keep it as a ValidatingAdmissionPolicy`
      : `spec.targets[0].code: has no code of engine ${REGO}`;
  }
  const source = regoSourceSchema.safeParse(written.source);
  if (!source.success) {
    const [issue] = source.error.issues;
    return `spec.targets[0].code: source.${issue?.path.map(String).join('.')}: ${issue?.message}`;
  }
  const { version, rego: text, libs: libraries } = source.data;
  // Every other word is version 0, as in Gatekeeper.
  return { regoVersion: version === 'v1' ? 1 : 0, rego: text, libraries };
}

function readOperations(written: readonly (Operation | '*')[]): readonly Operation[] | undefined {
  if (written.length === 0) return undefined;
  return written.includes('*') ? OPERATIONS : OPERATIONS.filter((one) => written.includes(one));
}
