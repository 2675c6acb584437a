/** Which rule judges an image. */
import { matchesPattern } from '../../base/match-pattern.ts';
import type { ImageRule } from './settings.ts';

/** The part of a reference that rules name, in its one form. */
export interface ImageRepository {
  readonly registry: string;
  readonly repository: string;
}

/** The first that names the repository; `undefined` if no rule does. */
export function matchImageRule(
  { registry, repository }: ImageRepository,
  rules: readonly ImageRule[],
): ImageRule | undefined {
  const place = `${registry}/${repository}`;
  return rules.find(({ images }) => images.some((pattern) => matchesPattern(place, pattern)));
}
