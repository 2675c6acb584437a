/** The format of command-line errors: the problem, then the remedy. */

/** `holdfast: <message>`, and the remedy on its own line. */
export function formatProblem(message: string, remedy?: string): string {
  const first = `holdfast: ${message}`;
  return remedy === undefined ? first : `${first}\n${remedy}`;
}
