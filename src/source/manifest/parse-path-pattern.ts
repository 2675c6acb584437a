/**
 * Patterns for paths, in the form in which differences are printed, so that a printed path can be configured as it is:
 * `spec.template.spec.initContainers[istio-init]`, `metadata.annotations["sidecar.istio.io/*"]`. A `*` stands for any text
 * within one step. A pattern covers the path and all below it.
 */
import type { PathSegment } from '../../base/format-value.ts';
import { matchesWildcards } from '../../base/match-wildcards.ts';

export interface PathPattern {
  /** One text for each step; a `*` in it stands for any text. */
  readonly steps: readonly string[];
}

export type ParsedPathPattern =
  | { readonly ok: true; readonly pattern: PathPattern }
  | { readonly ok: false; readonly reason: string };

/** No path of a real object has more steps. */
const STEPS_MAX = 100;
/** Sticky: each match begins where the last one ended. */
const STEP = /(?:\.|^)(?<key>[\w$*-]+)|\[(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<item>[\w.:/*-]+))\]/uy;

/** Reads one pattern. */
export function parsePathPattern(text: string): ParsedPathPattern {
  const steps: string[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  while (end < text.length && steps.length < STEPS_MAX) {
    STEP.lastIndex = end;
    const groups = STEP.exec(text)?.groups;
    if (groups === undefined) break;
    end = STEP.lastIndex;
    const { key, item, quoted } = groups;
    // One of them is there; only a quoted one has backslashes.
    steps.push(unescape([key, item, quoted].join('')));
  }
  if (steps.length === 0 || end < text.length) {
    const reason = `"${text}" is no path: write it as differences are printed, for example spec.template.spec.containers[app].image`;
    return { ok: false, reason };
  }
  return { ok: true, pattern: { steps } };
}

/** `covers`: the path is the pattern's, or below it. `above`: part of what is below the path is the pattern's. */
export function matchPathPattern(
  { steps }: PathPattern,
  segments: readonly PathSegment[],
): 'covers' | 'above' | 'none' {
  const length = Math.min(steps.length, segments.length);
  for (let index = 0; index < length; index += 1) {
    const segment = segments[index];
    const step = steps[index];
    if (segment === undefined || step === undefined || !matchesWildcards(textOf(segment), step)) {
      return 'none';
    }
  }
  return segments.length >= steps.length ? 'covers' : 'above';
}

function textOf(segment: PathSegment): string {
  if ('key' in segment) return segment.key;
  return 'item' in segment ? segment.item : String(segment.index);
}

function unescape(text: string): string {
  return text.replaceAll(/\\(?<character>.)/gu, '$<character>');
}
