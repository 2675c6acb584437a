/**
 * What the mode enforce would have refused, grouped by user, application, resource, policies and code. Memory is bounded by the number of
 * groups, whatever the number of records.
 */
import { printable } from '../../base/printable.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import type { StoredRecord } from '../journal/parse-record.ts';

/** One line of a report: requests that break in the same way. */
export interface ReportGroup {
  readonly username: string;
  /** The class of the user, as in records; `other` where it is unknown. */
  readonly actorClass: string;
  /** What manages the object: `argocd checkout`; empty where nothing does. */
  readonly application: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource: `deployments/scale`. */
  readonly resource: string;
  readonly code: string;
  /** Those that would have refused, sorted. */
  readonly policies: readonly string[];
  readonly count: number;
  /** How many of them were dry runs. */
  readonly dryRuns: number;
  readonly operations: readonly string[];
  /** Fields that were changed, the most frequent first. */
  readonly fields: readonly string[];
  /** Not every field is listed: a record has only the first ones, or there were too many. */
  readonly fieldsAreCut: boolean;
  readonly namespaces: readonly string[];
  /** There were more than are listed. */
  readonly namespacesAreCut: boolean;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
  /** The last one: by its id, the record is found. */
  readonly example: {
    readonly decisionId: string;
    readonly operation: string;
    readonly object: string;
    /** The denial that the user would have read. */
    readonly message: string;
  };
}

/** A few kilobytes each; a cluster has some dozens. */
const GROUPS_MAX = 2000;
const FIELDS_MAX = 50;
const NAMESPACES_MAX = 20;
const USERS_MAX = 100_000;

type WouldDeny = NonNullable<StoredRecord['wouldDeny']>;

interface OpenGroup {
  readonly of: Pick<
    ReportGroup,
    'username' | 'actorClass' | 'application' | 'group' | 'resource' | 'code' | 'policies'
  >;
  readonly operations: Set<string>;
  readonly fields: Map<string, number>;
  readonly namespaces: Set<string>;
  fieldsAreCut: boolean;
  namespacesAreCut: boolean;
  count: number;
  dryRuns: number;
  first: string;
  last: string;
  example: ReportGroup['example'];
}

/** Collects the records of one report. */
export class ReportGroups {
  readonly #groups = new Map<string, OpenGroup>();
  readonly #users = new Set<string>();
  #unlisted = 0;

  /** A record that the mode enforce would have refused. */
  add(record: StoredRecord, wouldDeny: WouldDeny): void {
    if (this.#users.size < USERS_MAX) this.#users.add(record.user.username);
    const of = describeGroup(record, wouldDeny);
    const key = JSON.stringify(Object.values(of));
    const known = this.#groups.get(key);
    if (known === undefined && this.#groups.size >= GROUPS_MAX) {
      this.#unlisted += 1;
      return;
    }
    const group = known ?? openGroup(of, record, wouldDeny);
    if (known === undefined) this.#groups.set(key, group);
    count(group, record, wouldDeny);
  }

  /** Different users, up to a limit far above the size of an organization. */
  get users(): number {
    return this.#users.size;
  }

  /** Records of further groups, beyond the limit. */
  get unlisted(): number {
    return this.#unlisted;
  }

  /** What breaks most comes first. */
  list(): readonly ReportGroup[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => b.count - a.count || compare(b.last, a.last))
      .map(closeGroup);
  }
}

function describeGroup(record: StoredRecord, { code }: WouldDeny): OpenGroup['of'] {
  const { user, actor, managedBy, object, policies } = record;
  const refusing = policies.filter(({ wouldDeny }) => wouldDeny === true);
  return {
    username: user.username,
    actorClass: actor?.class ?? 'other',
    application: managedBy === undefined ? '' : `${managedBy.tool} ${managedBy.app}`.trimEnd(),
    group: object.group,
    resource:
      object.subresource === '' ? object.resource : `${object.resource}/${object.subresource}`,
    code,
    policies: [...new Set(refusing.map(({ policy }) => policy))].toSorted(),
  };
}

function openGroup(of: OpenGroup['of'], record: StoredRecord, wouldDeny: WouldDeny): OpenGroup {
  return {
    of,
    operations: new Set(),
    fields: new Map(),
    namespaces: new Set(),
    fieldsAreCut: false,
    namespacesAreCut: false,
    count: 0,
    dryRuns: 0,
    first: record.time,
    last: record.time,
    example: exampleOf(record, wouldDeny),
  };
}

function count(group: OpenGroup, record: StoredRecord, wouldDeny: WouldDeny): void {
  group.count += 1;
  if (record.dryRun) group.dryRuns += 1;
  group.operations.add(record.operation);
  addNamespace(group, record.object.namespace);
  for (const { path } of record.change?.paths ?? []) addField(group, path);
  if (record.change?.truncated === true) group.fieldsAreCut = true;
  if (record.time < group.first) group.first = record.time;
  if (record.time < group.last) return;
  group.last = record.time;
  group.example = exampleOf(record, wouldDeny);
}

function addNamespace(group: OpenGroup, namespace: string): void {
  if (group.namespaces.size < NAMESPACES_MAX) group.namespaces.add(namespace);
  else if (!group.namespaces.has(namespace)) group.namespacesAreCut = true;
}

function addField(group: OpenGroup, path: string): void {
  const seen = group.fields.get(path);
  if (seen === undefined && group.fields.size >= FIELDS_MAX) group.fieldsAreCut = true;
  else group.fields.set(path, (seen ?? 0) + 1);
}

function exampleOf(
  { decisionId, operation, object }: StoredRecord,
  { message }: WouldDeny,
): ReportGroup['example'] {
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  return {
    decisionId,
    operation,
    object: printable(`${formatResource(object)}${subresource} ${formatPlace(object)}`),
    message,
  };
}

function closeGroup({ of, operations, fields, namespaces, ...rest }: OpenGroup): ReportGroup {
  return {
    ...of,
    ...rest,
    operations: [...operations].toSorted(),
    fields: [...fields].toSorted(byCount).map(([path]) => path),
    namespaces: [...namespaces].toSorted(),
  };
}

function byCount([a, aCount]: [string, number], [b, bCount]: [string, number]): number {
  return bCount - aCount || compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
