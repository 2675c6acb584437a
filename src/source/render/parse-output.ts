/** Reads what a renderer printed. */
import { parseManifests } from '../manifest/parse-manifests.ts';
import { refuseSource } from './rendered-source.ts';
import type { RenderedSource } from './rendered-source.ts';
import type { RunResult } from './run-program.ts';
import { RENDER_LIMITS } from './settings.ts';

/** A program that refuses its input will refuse it again; one that was ended may do better the next time. */
export function parseOutput(result: RunResult, program: string): RenderedSource {
  switch (result.status) {
    case 'failed':
      return { status: 'failed', reason: `${program} gave no result: ${result.reason}` };
    case 'refused':
      return refuseSource(`${program} refuses the source: ${result.message}`);
    case 'done': {
      const parsed = parseManifests(result.output, {
        objectsMax: RENDER_LIMITS['manifests.objectsMax'].default,
        aliasesMax: RENDER_LIMITS['manifests.aliasesMax'].default,
      });
      if (!parsed.ok) return refuseSource(`${program} printed no manifests: ${parsed.reason}`);
      return { status: 'rendered', manifests: parsed.manifests.map((manifest) => ({ manifest })) };
    }
  }
}
