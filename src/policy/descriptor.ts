/** A policy's METADATA. Read once, when the bundle is loaded. */
import type { z } from 'zod';
import type { ActorClass } from '../identity/actor.ts';
import type { Operation } from '../kubernetes/admission-request.ts';
import type { EntryLookup } from './entry-lookups.ts';
import type { FactName } from './fact-names.ts';
import type { Constraint } from './gatekeeper/constraint.ts';
import type { ParameterSchema } from './parameter-schema.ts';
import type { ValueReads } from './value-reads.ts';
import type { failureSchema, modeSchema } from './settings.ts';

export type FailureMode = z.output<typeof failureSchema>;
export type PolicyMode = z.output<typeof modeSchema>;

export type RuleName = 'deny' | 'warn' | 'audit' | 'patch';
export type Severity = 'critical' | 'error' | 'warning' | 'info';

/**
 * Which requests a policy matches. An absent list matches everything; lists are ANDed, entries of one list
 * ORed.
 */
export interface PolicyMatch {
  readonly operations?: readonly Operation[] | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Kinds of the request (`request.kind.kind`: `Scale` for the scale subresource). */
  readonly kinds?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  /** Subresources; the empty string is the object itself. Absent: the object and every subresource. */
  readonly subresources?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly excludedNamespaces?: readonly string[] | undefined;
  readonly actorClasses?: readonly ActorClass[] | undefined;
  readonly managedOnly?: boolean | undefined;
  /** Only where the GitOps controllers and Holdfast are installed, as the configuration says. */
  readonly installationsOnly?: boolean | undefined;
  /** Only where the configuration judges signatures of images: elsewhere there is nothing to find, and nothing is paid for it. */
  readonly judgedImagesOnly?: boolean | undefined;
}

export interface PolicyDescriptor {
  /** The last part of the package `holdfast.policies.<name>`; of a constraint of Gatekeeper, its template and its name with a slash between. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly match: PolicyMatch;
  readonly failure: FailureMode;
  readonly deadlineMs: number;
  /** The facts the code reads: a list of FACT_NAMES, checked against the code when the bundle is built. */
  readonly facts: readonly FactName[];
  /**
   * Facts that only improve a message: if one is unavailable it is absent, and the policy is evaluated
   * without it.
   */
  readonly optionalFacts: readonly FactName[];
  readonly rules: readonly RuleName[];
  /** What the code reads of a request, found when the bundle is built; it is given no more. @default everything */
  readonly requestReads?: ValueReads | undefined;
  /** The same of its parameters. @default everything */
  readonly parameterReads?: ValueReads | undefined;
  /** Beside these, of some tables among them the entry that a fact of the request names. @default none */
  readonly parameterLookups?: readonly EntryLookup[] | undefined;
  /**
   * The built-in functions of the host that the code calls, found when the bundle is built. It is a statement of the bundle: what a
   * policy may not call, the host refuses. @default unknown
   */
  readonly builtins?: readonly string[] | undefined;
  /** The mode if the configuration names none. */
  readonly mode: PolicyMode;
  /** The policy's own default parameters, overlaid by the configuration's. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What each of them may be. @default for each the type of its default */
  readonly parametersSchema?: Readonly<Record<string, ParameterSchema>> | undefined;
  /** The constraint of Gatekeeper that this policy is; it is matched by its rules besides. */
  readonly constraint?: Constraint | undefined;
}
