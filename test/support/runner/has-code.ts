/** Tells files that run from files that only describe. */
import { maskSource } from '../tidy/mask-source.ts';

/** A declaration of a value, a re-export of one, or a statement, at the top level. */
const RUNS =
  /^(?:export )?(?:async )?(?:const|let|var|function|class|abstract class)\b|^export (?:\*|\{)|^(?:if|for|while|try|throw|await|switch)\b|^[\w.]+\(|^[\w.]+(?:\[[^\]]*\])? = /m;

/** Whether anything is left of a TypeScript file once its types are erased. A file of types alone is never loaded. */
export function hasCode(text: string): boolean {
  return RUNS.test(maskSource(text));
}
