/**
 * argv in, exit status out: the only importer of commander.
 *
 * How to add a command: write `src/cli/<name>.ts` that exports a `CommandDefinition` (`command.ts`), or
 * a function that makes one from what it needs, and add it to the list in `commands.ts`. That is all.
 * The file must be cheap to import, because every command line loads all definitions: import heavy
 * parts (fastify, the engine, the Kubernetes client) inside `run` with `await import(…)`.
 *
 *     export const greetCommand: CommandDefinition = {
 *       name: 'greet',                       // or 'config greet' for a member of a group
 *       summary: 'Say hello',
 *       arguments: [{ name: 'NAME', summary: 'whom to greet', required: true }],
 *       options: [{ name: 'language', value: 'CODE', summary: 'in which language', default: 'en' }],
 *       run: async (context, input) => {
 *         context.print(`Hello ${input.arguments[0]} (${input.text('language')})`);
 *         return 'ok';                       // a key of EXIT_CODES
 *       },
 *     };
 *
 * Expected failures: throw a `HoldfastError`, or print the problem with `context.report` and return its status.
 */
