/** What is measured: a policy on the document that one recorded review gives it. */
export interface BenchCase {
  readonly policy: string;
  /** `small/reviews/labels.yaml#a developer …`, `recorded.json#human-scale`. */
  readonly review: string;
  /** The input document, with no more of the request and the facts than the policy is given. */
  readonly input: Uint8Array;
}
