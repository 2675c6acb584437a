/** How every error of the command line looks: what is wrong, then what to do about it. */

/** `holdfast: <message>`, and the remedy on its own line. */
export function formatProblem(message: string, remedy?: string): string {
  const first = `holdfast: ${message}`;
  return remedy === undefined ? first : `${first}\n${remedy}`;
}
