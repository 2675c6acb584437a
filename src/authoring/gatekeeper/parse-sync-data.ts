/**
 * What a template needs in `data.inventory`, by its own word: the annotation `metadata.gatekeeper.sh/requires-sync-data`, a list of
 * requirements, each a list of equivalent groups. Source: Gatekeeper 3.23, pkg/gator/sync.
 */
import { z } from 'zod';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';

const texts = z.array(z.string());

const requirementsSchema = z.array(
  z.array(z.looseObject({ groups: texts, versions: texts, kinds: texts })),
);

/** Every kind that the annotation names; none where it is absent or cannot be read. */
export function parseSyncData(annotation: string | undefined): readonly InventoryKind[] {
  const requirements = requirementsSchema.safeParse(parseAnnotation(annotation)).data ?? [];
  return requirements
    .flat()
    .flatMap(({ groups, versions, kinds }) =>
      groups.flatMap((group) =>
        versions.flatMap((version) => kinds.map((kind) => ({ group, version, kind }))),
      ),
    );
}

/** The library writes the JSON between quotation marks that do not belong to it. */
function parseAnnotation(annotation: string | undefined): unknown {
  const text = annotation?.trim().replace(/^"(?<json>.*)"$/su, '$<json>') ?? '[]';
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
