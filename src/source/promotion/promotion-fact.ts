/** What Rego reads of a promotion that names the application (`input.facts.source.commits[].promotions[]`). */
export type PromotionFact = {
  /** As the configuration calls it. */
  readonly name: string;
  /** Where the commit must have been verified, as in `Application argocd/shop-staging`. */
  readonly from: string;
} & (
  | {
      readonly status: 'promoted';
      /** The commit that was verified there: this one, or one that contains it. */
      readonly objectId: string;
    }
  /** Neither this commit nor one that contains it. */
  | { readonly status: 'missing' }
  /** This source has no verified commit. */
  | { readonly status: 'unverified' }
  | { readonly status: 'unavailable'; readonly reason: string }
);
