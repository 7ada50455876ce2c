import type Run from '../../src/commands/run.ts';
import type { TaskPatience } from '../../src/lib/task/job.ts';
import { PATIENCE_VARIABLE } from './patience.ts';

// The query keeps the hook that led here from leading here again.
const command = new URL(import.meta.url).searchParams.get('command');
const { default: PackedRun } = (await import(`${command}?packed`)) as { default: typeof Run };

/** The packed command `run`, with the patience that the test asks for. */
export default class ImpatientRun extends PackedRun {
  protected override runOptions() {
    const patience = JSON.parse(process.env[PATIENCE_VARIABLE] ?? '{}') as TaskPatience;
    return { ...super.runOptions(), patience };
  }
}
