/** Which rounds of a measurement count: those that others disturbed least, whatever they have measured. */

/** Above this share of the processors taken by others, a round proves nothing. Kernel work charged to no process is a few percent. */
const DISTURBANCE_MAX = 0.1;

export interface RoundDisturbance {
  /** 0 to 1; absent where nobody knows. */
  readonly disturbance: number | null | undefined;
}

/** Whether there are as many undisturbed rounds as are wanted. */
export function hasEnoughRounds(rounds: readonly RoundDisturbance[], wanted: number): boolean {
  return rounds.filter((round) => !isDisturbed(round)).length >= wanted;
}

/** Choosing among what they have measured would be choosing the result. */
export function chooseRounds<Round extends RoundDisturbance>(
  rounds: readonly Round[],
  wanted: number,
): readonly Round[] {
  return rounds.toSorted((a, b) => (a.disturbance ?? 0) - (b.disturbance ?? 0)).slice(0, wanted);
}

/** That of the most disturbed one; `null` where it is known of none. */
export function worstDisturbance(rounds: readonly RoundDisturbance[]): number | null {
  const known = rounds.flatMap(({ disturbance }) => disturbance ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

/** What is not known is not disturbed. */
export function isDisturbed({ disturbance }: RoundDisturbance): boolean {
  return (disturbance ?? 0) > DISTURBANCE_MAX;
}
