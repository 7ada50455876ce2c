/** A run in a process of its own, to be killed: TIFFs as arguments, an event a line on stdout. */
import { runCollection } from './collections.ts';

await runCollection(process.argv.slice(2), {
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
