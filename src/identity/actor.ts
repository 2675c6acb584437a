/** The caller's class and how well its identity is proven (`input.facts.actor` in Rego). */

/** Every class of callers. */
export const ACTOR_CLASSES = [
  'gitops',
  'platform',
  'node',
  'operator',
  'breakglass',
  'other',
] as const;
export type ActorClass = (typeof ACTOR_CLASSES)[number];

/**
 * How strongly the credential is tied to the running controller.
 * - `pinned`: the cloud identity behind the user is exactly the configured one (EKS `canonicalArn` and the like)
 * - `pod-bound`: a projected token of one pod (`authentication.kubernetes.io/pod-name` and `pod-uid` are present)
 * - `unbound`: a token of the TokenRequest API without a pod (only a credential id)
 * - `legacy`: a service-account uid without any extra: a Secret token
 * - `impersonated`: neither uid nor extra: `--as`, or a controller that impersonates
 * - `none`: not a service account
 */
export const PROOF_GRADES = [
  'pinned',
  'pod-bound',
  'unbound',
  'legacy',
  'impersonated',
  'none',
] as const;
export type ProofGrade = (typeof PROOF_GRADES)[number];

export interface ActorProof {
  readonly grade: ProofGrade;
  /** What the configured writer demands; absent where the actor is no writer. */
  readonly required?: ProofGrade | undefined;
  /** True where the grade is at least what the writer's entry demands; true for actors that need no proof. */
  readonly sufficient: boolean;
  /** One sentence for a person. */
  readonly reason: string;
  /** For a writer whose accepted credential proves little: who else may hold it. In every record of its writes. */
  readonly weakness?: string | undefined;
}

/**
 * What is known of the credential behind the request, never the credential's id.
 * - `known`: it was learned, pinned or accepted for this identity, or it is of a pod that runs
 * - `unknown`: it was not; or none was shown by an identity that is known to show one
 * - `absent`: none was shown, and the identity never showed one
 * - `unavailable`: nobody could tell: the Secret was never read, or whoever issues the credential shows none that is known
 * - `off`: the configuration asks nobody
 */
export type CredentialStatus = 'known' | 'unknown' | 'absent' | 'unavailable' | 'off';

export interface ActorCredential {
  readonly status: CredentialStatus;
  /** What was shown; `none` where it was nothing, or nothing that the API server would write. */
  readonly kind: 'certificate' | 'token' | 'none';
  /** Whether the configuration lets the identity pass with it: false is what `enforce` refuses. */
  readonly believed: boolean;
  /** Of one that is unknown: the first hexadecimal digits of its keyed hash, as `holdfast credential accept` takes them. */
  readonly fingerprint?: string | undefined;
}

export interface ActorFact {
  readonly class: ActorClass;
  readonly username: string;
  readonly groups: readonly string[];
  /** The name of the configured writer (`argocd`) or operator; for platform identities their row (`deployment-controller`). */
  readonly name?: string | undefined;
  readonly proof: ActorProof;
  /** Of platform identities, nodes and operators. */
  readonly credential?: ActorCredential | undefined;
}
