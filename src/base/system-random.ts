/** Randomness is passed as an argument, so that tests choose it. */
import { randomInt } from 'node:crypto';

/** As fine as a wait in milliseconds can show. */
const STEPS = 2 ** 32;

/** From 0 to 1, without 1. */
export function systemRandom(): number {
  return randomInt(STEPS) / STEPS;
}
